import type { ConfigurationFields } from '../../index.ts';
import { joinLines, paint, type Text, text } from './text.ts';

/** `morsel help morsel.json`: the fields, as the reference page has them. */
export function formatFields({ fields, checks }: ConfigurationFields): Text {
  return joinLines([
    'morsel.json lies beside a project (for a source file: beside that file) and says what the command line would otherwise repeat; the command line wins over it.',
    'It is JSON, in which comments and a last comma are allowed; `morsel build --init-config` writes one.',
    'No field is required:',
    '',
    ...fields.flatMap(lines),
    '',
    'Each element of checks; with http or tcp the program is a server, which is started, asked and stopped:',
    '',
    ...checks.flatMap(lines),
  ]);
}

function lines({ field, type, meaning }: ConfigurationFields['fields'][number]): readonly Text[] {
  return [text`  ${paint('bold', field)}  ${paint('dim', type)}`, text`      ${meaning}`];
}

import { type CauseContext, type CauseRow, type Ruling, OPEN, type TextValues } from './cause-row.ts';
import { describeBase, findClosureNeeds } from '../needs/index.ts';
import { CAUSES } from './causes/index.ts';
import type { Cause, Explanation, ExplainRequest, ExplainTarget } from './explanation.ts';
import { recognise } from './recognise.ts';
import { probeTarget, type TargetProbe } from './target-probe.ts';

/**
 * Why a container does not start. With a text: its possible causes in order. With an image: what its files say would
 * keep it from starting. With both: the cause that the text allows and the files confirm. Nothing is executed.
 * Errors: NOT_FOUND and the like from reading the tree.
 */
export async function explain(request: ExplainRequest): Promise<Explanation> {
  const read = request.errorText === undefined ? null : await recognise(request.errorText);
  const probe =
    request.target === undefined ? null : probeTarget(withCommand(request.target, read?.values['path']));
  if (read === null) return predict(probe);
  const context: CauseContext = { values: read.values, probe };
  const named = read.causes.flatMap((name) => CAUSES.filter(({ cause }) => cause === name));
  if (probe === null) return possible(named, read.recognised, context);
  return decide(named, read.recognised, { values: read.values, probe });
}

/** A bare directory says nothing of what is started; the text may: `exec /hello: …`. */
function withCommand(target: ExplainTarget, path: string | undefined): ExplainTarget {
  const unknown = target.config === null && target.command === undefined;
  return unknown && path !== undefined ? { ...target, command: [path] } : target;
}

function possible(
  rows: readonly CauseRow[],
  recognised: readonly string[],
  context: CauseContext,
): Explanation {
  if (rows.length === 0) return unrecognised();
  const causes = rows.map((row) => causeOf(row, context, 'possible', null));
  const summary =
    causes.length === 1 ? `${causes[0]?.title ?? ''}` : `most likely: ${causes[0]?.title ?? ''}`;
  return { certainty: 'possible', summary, recognised, causes, ruledOut: [] };
}

function unrecognised(): Explanation {
  return {
    certainty: 'none',
    summary: 'this text is not one that morsel knows; give it the image too: morsel explain IMAGE "TEXT"',
    recognised: [],
    causes: [],
    ruledOut: [],
  };
}

/** The files decide among the causes that the text allows; what they confirm beyond it comes after. */
function decide(
  rows: readonly CauseRow[],
  recognised: readonly string[],
  context: { readonly values: TextValues; readonly probe: TargetProbe },
): Explanation {
  const results = rows.map((row) => ({ row, result: checkRow(row, context.probe, context.values) }));
  const confirmedRows = results.flatMap(({ row, result }) =>
    result.kind === 'confirmed' ? [causeOf(row, context, 'confirmed', result.evidence)] : [],
  );
  const openRows = results.flatMap(({ row, result }) =>
    result.kind === 'open' ? [causeOf(row, context, 'possible', null)] : [],
  );
  const ruledOut = results.flatMap(({ row, result }) =>
    result.kind === 'ruled-out' ? [{ cause: row.cause, because: result.because }] : [],
  );
  // A text that is vague, or of another failure than the files show: what would keep it from starting is said as well.
  const beyond =
    confirmedRows.length > 0
      ? []
      : fatalCauses(context).filter(({ cause }) => !rows.some((row) => row.cause === cause));
  const causes = [...confirmedRows, ...beyond, ...openRows];
  const [first] = causes;
  if (first === undefined) {
    const summary =
      recognised.length === 0
        ? unrecognised().summary
        : 'the files of this image rule out every cause that this text usually has: is it the image that failed?';
    return { certainty: 'none', summary, recognised, causes, ruledOut };
  }
  const certainty = first.status === 'confirmed' ? 'decided' : 'possible';
  return { certainty, summary: first.evidence ?? first.title, recognised, causes, ruledOut };
}

function predict(probe: TargetProbe | null): Explanation {
  if (probe === null) return unrecognised();
  const context = { values: {}, probe };
  const fatal = fatalCauses(context);
  const [first] = fatal;
  const nothing = { recognised: [], ruledOut: [] };
  if (first !== undefined)
    return { ...nothing, certainty: 'decided', summary: first.evidence ?? first.title, causes: fatal };
  const causes = lackingCauses(context);
  const starts = `nothing found that would keep ${probe.argv.join(' ')} from starting`;
  if (causes.length === 0) return { ...nothing, certainty: 'none', summary: starts, causes };
  return {
    ...nothing,
    certainty: 'possible',
    summary: `${starts}, but the image lacks what it will want`,
    causes,
  };
}

/** Which cause a need becomes when the image does not fulfil it. */
const CAUSE_OF_NEED: Readonly<Record<string, string>> = {
  users: 'no-users',
  tmp: 'no-tmp',
  'ca-certificates': 'no-ca-certificates',
  'time-zones': 'no-time-zone',
  locale: 'no-locale',
  libgcc_s: 'libgcc-missing',
  shell: 'missing-program',
  terminfo: 'terminal-description',
};

/** What the program will want, by its bytes, and the image does not have: it starts, and fails later. */
function lackingCauses(context: {
  readonly values: TextValues;
  readonly probe: TargetProbe;
}): readonly Cause[] {
  const { program, env, tree, name } = context.probe;
  if (program.kind !== 'file' || program.content.kind !== 'elf' || program.content.closure === null)
    return [];
  const { fulfils } = describeBase(name, tree, 'files');
  const lacking = findClosureNeeds(program.content.closure, env).filter(
    ({ need, level }) => level !== 'possible' && !fulfils.includes(need),
  );
  return lacking.flatMap(({ need, evidence, failure }) => {
    const row = CAUSES.find(({ cause }) => cause === CAUSE_OF_NEED[need]);
    return row === undefined ? [] : [causeOf(row, context, 'possible', `${evidence}: ${failure}`)];
  });
}

/** Causes that end a start, confirmed by the files alone, in the order in which the start meets them. */
function fatalCauses(context: {
  readonly values: TextValues;
  readonly probe: TargetProbe;
}): readonly Cause[] {
  return CAUSES.filter(({ notFatal }) => notFatal !== true).flatMap((row) => {
    const result = checkRow(row, context.probe, context.values);
    return result.kind === 'confirmed' ? [causeOf(row, context, 'confirmed', result.evidence)] : [];
  });
}

function checkRow(row: CauseRow, probe: TargetProbe, values: TextValues): Ruling {
  return row.check?.(probe, values) ?? OPEN;
}

function causeOf(
  row: CauseRow,
  context: CauseContext,
  status: Cause['status'],
  evidence: string | null,
): Cause {
  return {
    cause: row.cause,
    title: typeof row.title === 'string' ? row.title : row.title(context),
    status,
    evidence,
    check: row.command(context),
    fixes: row.fixes(context),
  };
}

import { findClosureNeeds, fulfilledNeeds, lackingNeeds, OPEN } from '../needs/index.ts';
import type { Ruling } from '../needs/lack.ts';
import type { CauseContext, CauseRow as AnyCauseRow, TextValues } from './cause-row.ts';
import { type CauseName, causeOfLack, CAUSES } from './causes/index.ts';
import { pathsSaidAbsent } from './paths-said-absent.ts';
import { DEFAULT_PATH, parseEnvironment } from '../oci/index.ts';
import { locateProgram } from '../rootfs/index.ts';
import type { ExplainRequest, ExplainTarget } from './explain-request.ts';
import type { Cause, Explanation } from './explanation.ts';
import { recognise, type Recognised } from './recognise.ts';
import { probeTarget, type TargetProbe } from './target-probe.ts';

type CauseRow = AnyCauseRow<CauseName>;

/**
 * Why a container does not start. With a text: its possible causes in order. With an image: what its files say would
 * keep it from starting. With both: the cause that the text allows and the files confirm. Nothing is executed.
 * Errors: NOT_FOUND and the like from reading the tree.
 */
export async function explain(request: ExplainRequest): Promise<Explanation> {
  const { errorText, target } = request;
  const read = errorText === undefined ? null : await recognise(errorText);
  const probe = target === undefined ? null : probeTarget(withCommand(target, read));
  if (read === null) return predict(probe);
  const context: CauseContext = { values: read.values, probe };
  const named = read.causes.flatMap((name) => CAUSES.filter(({ cause }) => cause === name));
  if (probe === null) return possible(named, read.recognised, context);
  return decide({
    rows: named,
    recognised: read.recognised,
    errorText: errorText ?? '',
    values: read.values,
    probe,
  });
}

/** Causes of an exec that fails: with these, the path in the text is that of what was to be started. */
const OF_AN_EXEC: ReadonlySet<CauseName> = new Set([
  'missing-interpreter',
  'command-not-found',
  'wrong-architecture',
  'not-executable',
  'missing-script-interpreter',
]);

/**
 * A bare directory says nothing of what is started; the text may: `exec /hello: …`. An image does, and what it starts may
 * start another program in turn, of which the text speaks: `sh: ./app: not found`.
 */
function withCommand(target: ExplainTarget, read: Recognised | null): ExplainTarget {
  const path = read?.values['path'];
  if (read === null || path === undefined) return target;
  const isSilent = target.config === null && target.command === undefined;
  const isOfExec = read.causes.some((cause) => OF_AN_EXEC.has(cause));
  return isSilent || (isOfExec && target.file === undefined && isInTree(target, path))
    ? { ...target, command: [path] }
    : target;
}

function isInTree({ tree, config }: ExplainTarget, path: string): boolean {
  const cwd = config?.config?.WorkingDir ?? '/';
  const env = parseEnvironment(config?.config?.Env);
  return locateProgram(tree, path, { cwd, path: env['PATH'] ?? DEFAULT_PATH }).kind !== 'absent';
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

interface Question {
  readonly rows: readonly CauseRow[];
  readonly recognised: readonly string[];
  readonly errorText: string;
  readonly values: TextValues;
  readonly probe: TargetProbe;
}

/** The files decide among the causes that the text allows; what they confirm beyond it comes after. */
function decide(question: Question): Explanation {
  const { rows, recognised, probe, values } = question;
  const results = rows.map((row) => ({ row, result: checkRow(row, probe, values) }));
  const confirmedRows = results.flatMap(({ row, result }) =>
    result.kind === 'confirmed' ? [causeOf(row, question, 'confirmed', result.evidence)] : [],
  );
  const openRows = results.flatMap(({ row, result }) =>
    result.kind === 'open' ? [causeOf(row, question, 'possible', null)] : [],
  );
  const ruledOut = results.flatMap(({ row, result }) =>
    result.kind === 'ruled-out' ? [{ cause: row.cause, because: result.because }] : [],
  );
  // A text that is vague, or of another failure than the files show: what would keep it from starting is said as well.
  const beyond =
    confirmedRows.length > 0
      ? []
      : fatalCauses(question).filter(({ cause }) => !rows.some((row) => row.cause === cause));
  const sure = [...confirmedRows, ...beyond];
  const causes = [...sure, ...(sure.length === 0 ? absentFiles(question) : []), ...openRows];
  const [first] = causes;
  if (first === undefined)
    return { certainty: 'none', summary: nothingLeft(question), recognised, causes, ruledOut };
  const certainty = first.status === 'confirmed' ? 'decided' : 'possible';
  return { certainty, summary: first.evidence ?? first.title, recognised, causes, ruledOut };
}

/** Whatever a text is of, a path that it names as absent can be looked up. */
function absentFiles(question: Question): readonly Cause[] {
  const { rows, probe, values } = question;
  const isOfExec = rows.some(({ cause }) => OF_AN_EXEC.has(cause));
  const row = rowNamed(isOfExec ? 'command-not-found' : 'missing-file');
  for (const file of pathsSaidAbsent(question.errorText)) {
    const said = { ...values, file, path: file };
    const result = checkRow(rowNamed('missing-file'), probe, said);
    if (result.kind !== 'confirmed') continue;
    const started = isOfExec ? `; it starts ${probe.argv.join(' ') || 'nothing'}` : '';
    // Of the file that the text names, not of what the image starts.
    const context = { values: said, probe: isOfExec ? null : probe };
    return [causeOf(row, context, 'confirmed', `${result.evidence}${started}`)];
  }
  return [];
}

function rowNamed(name: CauseName): CauseRow {
  const row = CAUSES.find(({ cause }) => cause === name);
  if (row === undefined) throw new Error(`no row ${name}`);
  return row;
}

function nothingLeft({ recognised, probe }: Question): string {
  return recognised.length === 0
    ? `this text is not one that morsel knows, and nothing was found that would keep ${probe.argv.join(' ')} from starting`
    : 'what this text usually means does not hold for the files of this image: is it the image that failed?';
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

/** What the program will want, by its bytes, and the image does not have: it starts, and fails later. */
function lackingCauses(context: {
  readonly values: TextValues;
  readonly probe: TargetProbe;
}): readonly Cause[] {
  const { program, env, tree } = context.probe;
  if (program.kind !== 'file' || program.content.kind !== 'elf' || program.content.closure === null)
    return [];
  const lacking = lackingNeeds(findClosureNeeds(program.content.closure, env), fulfilledNeeds(tree));
  return lacking.flatMap(({ need, evidence, failure }) => {
    const row = CAUSES.find(({ cause }) => cause === causeOfLack(need));
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

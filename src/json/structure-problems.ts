import type * as v from 'valibot';
import { didYouMean } from './did-you-mean.ts';
import { type FieldPath, type Problem, withoutRepeats } from './problem.ts';

/** A file with more is not one of ours with a mistake in it. */
const UNKNOWN_LIMIT = 20;

/** The parts of valibot's schemas and actions that are looked at here. */
interface Part {
  readonly kind?: string;
  readonly type?: string;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly item?: Part;
  readonly wrapped?: Part;
  readonly options?: readonly unknown[];
  readonly pipe?: readonly Part[];
  readonly requirement?: unknown;
  readonly message?: unknown;
}

export interface Structure {
  readonly problems: readonly Problem[];
  /** A list or a map is larger than its schema allows: its elements, of which a million may be wrong, are not to be looked at. */
  readonly isTooLarge: boolean;
}

/**
 * What is said better, or sooner, than valibot says it: every field that no object of the schema has, with the one that may
 * be meant (it names the first alone); every list in the place of an object (which is one without fields to it); and lists
 * that are too long, before their elements (which it looks at first).
 */
export function structureProblems(
  schema: v.GenericSchema,
  input: unknown,
  elsewhere: readonly string[],
): Structure {
  const visitor = new Visitor(elsewhere);
  visitor.visit(schema as unknown as Part, input, []);
  return { problems: withoutRepeats(visitor.problems), isTooLarge: visitor.isTooLarge };
}

class Visitor {
  readonly problems: Problem[] = [];
  isTooLarge = false;
  readonly #elsewhere: readonly string[];

  constructor(elsewhere: readonly string[]) {
    this.#elsewhere = elsewhere;
  }

  visit(part: Part, value: unknown, path: FieldPath): void {
    if (typeof value !== 'object' || value === null || this.problems.length > UNKNOWN_LIMIT) return;
    const tooLarge = (part.pipe ?? []).find((action) => isOver(action, value));
    if (tooLarge !== undefined) {
      this.isTooLarge = true;
      this.problems.push({ path, message: `must be ${String(tooLarge.message)}` });
      return;
    }
    const inner = innerParts(part, value);
    for (const one of inner) this.visit(one, value, path);
    if (inner.length > 0) return;
    if (Array.isArray(value)) this.#visitList(part, value, path);
    else if (part.type === 'strict_object') this.#visitFields(part.entries ?? {}, value, path);
  }

  #visitList({ item, type }: Part, list: readonly unknown[], path: FieldPath): void {
    if (type === 'strict_object' || type === 'record')
      this.problems.push({ path, message: 'must be an object' });
    if (item !== undefined)
      for (const [index, one] of list.entries()) this.visit(item, one, [...path, index]);
  }

  #visitFields(entries: Readonly<Record<string, Part>>, object: object, path: FieldPath): void {
    const elsewhere = path.length === 0 ? this.#elsewhere : [];
    for (const [name, one] of Object.entries(object)) {
      const here = [...path, name];
      if (Object.hasOwn(entries, name)) this.visit(entries[name] ?? {}, one, here);
      else if (this.problems.length <= UNKNOWN_LIMIT)
        this.problems.push(unknownField(here, Object.keys(entries), elsewhere));
    }
  }
}

function isOver({ type, requirement }: Part, value: object): boolean {
  if (typeof requirement !== 'number') return false;
  if (type === 'max_length') return Array.isArray(value) && value.length > requirement;
  return type === 'max_entries' && Object.keys(value).length > requirement;
}

/** What a pipe, an optional field or a union hands the same value on to; of a union, the form for a value of its type. */
function innerParts({ pipe, wrapped, options = [] }: Part, value: object): readonly Part[] {
  if (pipe !== undefined) return pipe.filter(({ kind }) => kind === 'schema');
  if (wrapped !== undefined) return [wrapped];
  // A picklist has options too, which are its words.
  const forms = options.filter((option): option is Part => typeof option === 'object' && option !== null);
  return forms.filter((form) => isList(form) === Array.isArray(value));
}

/** A schema with a pipe has the type of its first part. */
const isList = ({ type, pipe }: Part): boolean => (pipe?.[0] ?? { type }).type === 'array';

function unknownField(path: FieldPath, known: readonly string[], elsewhere: readonly string[]): Problem {
  const name = String(path.at(-1));
  const meant = didYouMean(name, [...known, ...elsewhere]);
  const message = elsewhere.includes(name)
    ? 'does not go with the others of it'
    : `is no field${meant === null ? '' : `: did you mean "${meant}"?`}`;
  return { path, isOfName: true, message };
}

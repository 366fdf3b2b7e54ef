/** A line of a reference: what may stand in a field, and what it means. */
export interface FieldDescription {
  /** `limits.maxFiles`, `rungs.RUNG`. */
  readonly field: string;
  /** `list of string, at most 128`. */
  readonly type: string;
  readonly meaning: string;
}

/** The parts of valibot's schemas and actions that say something to a user. */
interface Part {
  readonly kind?: string;
  readonly type?: string;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly item?: Part;
  readonly value?: Part;
  readonly wrapped?: Part;
  readonly options?: readonly (Part | string)[];
  readonly pipe?: readonly Part[];
  readonly requirement?: unknown;
  readonly description?: string;
}

/** Of an object's schema, each field with those below it; what a list of objects holds is described by itself. */
export function describeFields(schema: object, prefix = ''): readonly FieldDescription[] {
  return Object.entries(partsOf(schema).at(0)?.entries ?? {}).flatMap(([name, part]) => {
    const field = `${prefix}${name}`;
    const meaning = partsOf(part).find(({ description }) => description !== undefined)?.description ?? '';
    const isRequired = part.type !== 'optional';
    const row = {
      field,
      type: typeOf(part),
      meaning: isRequired ? `required; ${meaning}` : meaning,
    };
    const [schema] = partsOf(part);
    return schema?.type === 'strict_object' ? [row, ...describeFields(schema, `${field}.`)] : [row];
  });
}

/** A schema, then what its pipe adds to it. */
function partsOf(part: Part): readonly Part[] {
  if (part.wrapped !== undefined) return partsOf(part.wrapped);
  return part.pipe === undefined
    ? [part]
    : part.pipe.flatMap((one, index) => (index === 0 ? partsOf(one) : [one]));
}

function typeOf(part: Part): string {
  const [schema = {}, ...actions] = partsOf(part);
  const bounds = boundsOf(actions);
  switch (schema.type) {
    case 'picklist':
      return (schema.options ?? []).map(quoted).join(', ');
    case 'union':
      return (schema.options ?? []).map((one) => (typeof one === 'string' ? one : typeOf(one))).join(', or ');
    case 'array':
      return `list of ${listed(typeOf(schema.item ?? {}))}${bounds}`;
    case 'record':
      return `object of ${listed(typeOf(schema.value ?? {}))}${bounds}`;
    case 'strict_object':
    case 'unknown':
      return 'object';
    case 'number':
      return `${actions.some(({ type }) => type === 'integer') ? 'integer' : 'number'}${bounds}`;
    default:
      return `${schema.type ?? ''}${bounds}`;
  }
}

const quoted = (choice: unknown): string => `\`${String(choice)}\``;

/** A union within a list or a map is of each of its elements. */
const listed = (type: string): string => (type.includes(', or ') ? `(${type})` : type);

function boundsOf(actions: readonly Part[]): string {
  const limit = (type: string): number | undefined => {
    const requirement = actions.find((action) => action.type === type)?.requirement;
    return typeof requirement === 'number' ? requirement : undefined;
  };
  const [least, most] = [limit('min_value'), limit('max_value')];
  if (least !== undefined && most !== undefined) return ` ${least} to ${most}`;
  const length = limit('max_length') ?? limit('max_entries');
  return length === undefined ? '' : `, at most ${length}`;
}

import { describe, expect, it } from 'vitest';
import { needChoices } from './need-choices.ts';

describe('needChoices', () => {
  it('takes names of needs, and says how each was asked for', () => {
    const { asked, leftOut } = needChoices(['fonts', 'mime-types'], ['tmp', 'home', 'tmp']);
    expect([...asked]).toEqual([
      ['fonts', '--with fonts'],
      ['mime-types', '--with mime-types'],
    ]);
    expect(leftOut).toEqual(['home', 'tmp']);
  });

  it('an authority asks for the bundle', () => {
    expect([...needChoices([], [], ['CN=A', 'CN=B']).asked]).toEqual([
      ['ca-certificates', '--ca CN=A; CN=B'],
    ]);
  });

  it.each([
    [['font'], [], 'there is no such need', 'did you mean fonts?'],
    [[], ['tmpp'], 'there is no such need', 'did you mean tmp?'],
    [['quux-and-more'], [], 'there is no such need', 'one of: '],
    [['shell'], [], '--with shell: morsel has no files for it', '--add'],
    [['constructor'], [], 'there is no such need', 'one of: '],
    [['fonts'], ['fonts'], '--with fonts asks for what --without fonts leaves out', 'leave out one'],
  ] as const)('refuses with %j without %j', (asked, leftOut, message, hint) => {
    const refuse = (): unknown => needChoices([...asked], [...leftOut]);
    expect(refuse).toThrowError(expect.objectContaining({ code: 'USAGE' }));
    expect(refuse).toThrowError(message);
    expect(refuse).toThrowError(expect.objectContaining({ hint: expect.stringContaining(hint) as string }));
  });

  it('does not take an authority for a bundle that is left out', () => {
    expect(() => needChoices([], ['ca-certificates'], ['CN=A'])).toThrowError('--without ca-certificates');
  });
});

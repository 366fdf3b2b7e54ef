import { describe, expect, it } from 'vitest';
import { formatMarkdownTable, formatTable } from './table.ts';

describe('formatTable', () => {
  it('pads to the widest cell, by characters and not by UTF-16 units, without trailing spaces', () => {
    const columns = [{ title: 'Name' }, { title: 'Size', align: 'right' as const }, { title: 'Why' }];
    expect(
      formatTable(
        columns,
        [
          ['a', '5', ''],
          ['𝒳é', '12,345', 'x'],
        ],
        ' ',
      ).shown,
    ).toBe(' Name    Size  Why\n a          5\n 𝒳é    12,345  x');
  });

  it('has no line of titles where no column has one, and takes rows that are short', () => {
    expect(formatTable([{ title: '' }, { title: '' }], [['a', 'b'], ['c']]).shown).toBe('a  b\nc');
  });

  it('is not made wide by one hostile cell', () => {
    const columns = [{ title: 'Path' }, { title: 'Why' }];
    const long = 'x'.repeat(4096);
    expect(
      formatTable(columns, [
        [long, 'a'],
        ['short', 'b'],
      ]).shown,
    ).toBe(`Path   Why\n${long}  a\nshort  b`);
  });

  it('takes more rows than a call takes arguments', () => {
    const rows = Array.from({ length: 300_000 }, (_, index) => [String(index)]);
    expect(formatTable([{ title: 'n' }], rows).shown.endsWith('\n299999')).toBe(true);
  });
});

describe('formatMarkdownTable', () => {
  it('keeps bars and line ends inside of their cell', () => {
    const columns = [{ title: 'A' }, { title: 'B', align: 'right' as const }];
    expect(formatMarkdownTable(columns, [['x|y\\', 'one\ntwo']]).shown).toBe(
      '| A | B |\n| --- | ---: |\n| x\\|y\\\\ | one\\\\ntwo |',
    );
  });

  it('has no markup but its own: a comment would hide the rows below it', () => {
    expect(formatMarkdownTable([{ title: 'A' }], [['<!-- [x](u) `c` **b**']]).shown).toBe(
      '| A |\n| --- |\n| \\<!-- \\[x\\](u) \\`c\\` \\*\\*b\\*\\* |',
    );
  });
});

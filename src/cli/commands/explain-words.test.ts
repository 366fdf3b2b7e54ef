import { describe, expect, it } from 'vitest';
import { splitExplainWords } from './explain-words.ts';

const TEXT = 'exec /app: no such file or directory';
const split = (words: readonly string[]) => splitExplainWords(words, (path) => path === 'here.tar');

describe('splitExplainWords', () => {
  it('takes image and text in either order', () => {
    expect(split(['here.tar', TEXT])).toEqual({ target: 'here.tar', texts: [TEXT] });
    expect(split([TEXT, 'here.tar'])).toEqual({ target: 'here.tar', texts: [TEXT] });
  });

  it('takes an archive that is not there for an archive: the error names it', () => {
    expect(split([TEXT, 'absent.tar']).target).toBe('absent.tar');
    expect(split(['./absent']).target).toBe('./absent');
  });

  it('reads one word, or words without quotes, as a text', () => {
    expect(split(['CrashLoopBackOff'])).toEqual({ target: undefined, texts: ['CrashLoopBackOff'] });
    expect(split(TEXT.split(' '))).toEqual({ target: undefined, texts: [TEXT] });
    expect(split(['-'])).toEqual({ target: undefined, texts: ['-'] });
  });
});

import { describe, expect, it } from 'vitest';
import { debugTwinPlace, debugTwinReferences, parseDebugTwin } from './debug-twin.ts';

describe('the debug twin of an image', () => {
  it('is asked for by itself, or by its tools', () => {
    expect(parseDebugTwin({ debugTwin: undefined })).toBeNull();
    expect(parseDebugTwin({ debugTwin: true })).toEqual({ tools: [] });
    expect(parseDebugTwin({ debugTwin: undefined, debugTools: ['gdb', 'gdb', '/bin/ls'] })).toEqual({
      tools: ['gdb', '/bin/ls'],
    });
    expect(() => parseDebugTwin({ debugTwin: true, debugTools: ['../x'] })).toThrow(/not the name/);
  });

  it('has a file and a name of its own, and in a layout a tag', () => {
    expect(debugTwinPlace({ kind: 'archive', path: '/x/web.tar' }).path).toBe('/x/web-debug.tar');
    expect(debugTwinPlace({ kind: 'layout', path: '/x/web' }).path).toBe('/x/web');
    const names = ['registry.example:5000/web:1'];
    expect(debugTwinReferences(names, { kind: 'archive', path: '' })).toEqual([
      'registry.example:5000/web-debug:1',
    ]);
    expect(debugTwinReferences(names, { kind: 'layout', path: '' })).toEqual([
      'registry.example:5000/web:1-debug',
    ]);
  });
});

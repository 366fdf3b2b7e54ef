import { MorselError } from '../core/errors.ts';

/** An archive that no sound writer makes. */
export function tarInvalid(what: string): MorselError {
  return new MorselError('TAR_INVALID', what, {
    hint: 'the archive is damaged, cut off, hostile or no tar: get it again from a source that you trust',
  });
}

export function cutOff(offset: number): MorselError {
  return tarInvalid(`the archive ends in the middle of a member, at offset ${offset}`);
}

/** An archive that may be sound, and asks for more than any real one does. */
export function tarLimit(what: string): MorselError {
  return new MorselError('LIMIT_EXCEEDED', what, {
    hint: 'no image needs that: make the archive again, or get it from a source that you trust',
  });
}

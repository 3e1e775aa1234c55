/** MTN allows 10 status reads a second. */
export const permitsPerWindow = 8;
/** A permit can be taken again when more than a second has passed, so that any sliding second has at most eight. */
export const permitWindowMs = 1_001;
/** A permit from so far in the future was taken by a clock that was wrong. */
export const strayPermitMs = 60_000;

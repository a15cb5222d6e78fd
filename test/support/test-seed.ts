/** Where generated cases come from: BRINE_GENERATED_SEED, or the same number always. */
export const testSeed = Number(process.env['BRINE_GENERATED_SEED'] ?? '20261122');

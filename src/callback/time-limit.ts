/** @internal What work gives, or `late` when the time is over before it settles. No timer is left behind. */
export async function within<Result, Late>(work: Promise<Result>, ms: number, late: Late): Promise<Result | Late> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<Late>((resolve) => {
    timer = setTimeout(resolve, ms, late);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}

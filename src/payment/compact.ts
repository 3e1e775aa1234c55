/** @internal Leaves out what is undefined: absent and `undefined` differ under `exactOptionalPropertyTypes`. */
export function compact<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

// The part of postject that the build uses; the package ships no types.
declare module 'postject' {
  export const inject: (
    ...injection: [
      filename: string,
      resourceName: string,
      resource: Buffer,
      options: { readonly sentinelFuse: string },
    ]
  ) => Promise<void>;
}

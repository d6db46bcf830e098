/** Who is who inside the platform, as certificates name them (URIs in their SAN), and user claims. */
export const names = {
  platform: 'urn:fairlead:platform',
  container: (id: string) => `urn:fairlead:container:${id}`,
  user: (id: string) => `urn:fairlead:user:${id}`,
  /** Of a user's program: the one container that it may be shown to. */
  clientOf: (containerId: string) => `urn:fairlead:client-of:${containerId}`,
} as const;

/** Which Fairlead this is. */
declare const FAIRLEAD_VERSION: string;

/** Of package.json, put in when the program is built. */
export const version = FAIRLEAD_VERSION;

/** How Fairlead names itself to containers (RFC 9110 §10.1.5). */
export const userAgent = `fairlead/${version}`;

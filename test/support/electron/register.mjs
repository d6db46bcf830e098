// `node --import` this, and a program that imports `electron` gets the stand-in.
import { register } from 'node:module';

register('./resolve.mjs', import.meta.url);

// Plain types and JSON Schema literals that programs and their pages share. No code that does anything.
export * from './hub.ts';
export * from './peer.ts';
export * from './route.ts';
export * from './shields.ts';

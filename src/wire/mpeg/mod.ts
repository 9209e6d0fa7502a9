// FIRST FLOOR, pure: MPEG audio frames and the tags around them.
export {};

// ROOF: the command line. Nobody imports it but bin/peershield.js.
export { main } from './main.ts';

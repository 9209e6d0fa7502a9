// The process that reads files of ours: forked under the permission model by peer-process.ts.
import { runReader } from '#peer';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
runReader(process, () => process.exit(0));

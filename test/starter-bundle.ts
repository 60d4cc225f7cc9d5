// The tracker's share of the transport, minified by itself as the page scripts are.
import { type RollupOptions, rollup } from 'rollup';
// @ts-expect-error It has no types.
import config from '../rollup.config.mjs';

export async function bundleStarter(): Promise<string> {
  const isLike = ({ output }: RollupOptions): boolean =>
    !!output && 'file' in output && output.file === 'dist/esm/transport.js';
  const settings = (config as RollupOptions[]).find(isLike);
  const { output } = await (await rollup({ ...settings, input: 'src/transport/core.ts' })).generate({ format: 'es' });
  return output[0].code;
}

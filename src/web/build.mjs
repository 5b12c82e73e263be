// Bundles the page: node build.mjs FOLDER
//
// FOLDER gets index.html.gz and the zipped assets that it names. The name of
// an asset changes with its content.
import {build} from 'esbuild';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {gzipSync} from 'node:zlib';

const folder = process.argv[2];
mkdirSync(folder, {recursive: true});

function write(name, content) {
  writeFileSync(join(folder, `${name}.gz`), gzipSync(content, {level: 9}));
}

const {outputFiles, metafile} = await build({
  entryPoints: ['main.tsx', 'style/theme.ts'],
  outdir: folder,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2021',
  minify: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'eof',
  metafile: true,
  write: false,
  logLevel: 'warning',
});

for (const {path, contents} of outputFiles) write(basename(path), contents);
const icon = readFileSync('icon.svg');
write('icon.svg', icon);

function outputOf(entry) {
  const found = Object.entries(metafile.outputs)
      .find(([, output]) => output.entryPoint === entry);
  return {
    script: basename(found[0]),
    style: found[1].cssBundle,
    // Named in the page, so that the browser gets them all at once.
    imports: found[1].imports.filter(({kind}) => kind === 'import-statement')
        .map(({path}) => basename(path)),
  };
}
const main = outputOf('main.tsx');
const theme = outputOf('style/theme.ts');
write('index.html', readFileSync('index.html', 'utf8')
    .replace('{theme}', theme.script)
    .replace('{script}', main.script)
    .replace('{imports}\n', main.imports.map(
        name => `<link rel="modulepreload" href="/assets/${name}">\n`).join(''))
    .replace('{style}', basename(main.style)));

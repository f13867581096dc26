import vue from '@vitejs/plugin-vue'
import components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vite'

import { offline } from '../../plugins/offline'

/** Charts and the editor of texts: loaded by the pages that show one, of no use without a network. */
const CHARTS = /node_modules\/(echarts|zrender)\//
const EDITOR = /node_modules\/(prosemirror-[a-z-]+|orderedmap|rope-sequence|w3c-keyname)\//

export default defineConfig({
  base: './',
  logLevel: 'warn',
  plugins: [vue(), components({ dts: false, dirs: [], resolvers: [ElementPlusResolver({ importStyle: 'css' })] }), offline([CHARTS, EDITOR])],
  build: { target: 'es2022', outDir: 'dist', emptyOutDir: true, rolldownOptions: { checks: { bundlerTimings: false }, output: { codeSplitting: { groups: [{ name: 'editor', test: EDITOR }] } } } },
})

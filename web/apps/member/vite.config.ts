import { VantResolver } from '@vant/auto-import-resolver'
import vue from '@vitejs/plugin-vue'
import pxtorem from 'postcss-pxtorem'
import components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vite'

import { withoutOutsideFonts } from '../../plugins/fonts'

export default defineConfig({
  base: './',
  logLevel: 'warn',
  plugins: [vue(), components({ dts: false, dirs: [], resolvers: [VantResolver()] }), withoutOutsideFonts()],
  // Sizes follow the root font, so that the large-type mode enlarges everything by one number.
  css: { postcss: { plugins: [pxtorem({ rootValue: 16, propList: ['*'], selectorBlackList: ['html'] })] } },
  build: { target: ['es2020', 'chrome80', 'safari14'], outDir: 'dist', emptyOutDir: true, rolldownOptions: { checks: { bundlerTimings: false } } },
})

// The client of all services, generated from the merged OpenAPI document (`make web-client` writes that first).
import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: './openapi/huzhu.json',
  output: { path: './packages/shared/src/api', clean: true },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', { name: '@hey-api/sdk', operations: { strategy: 'flat' } }],
})

import { storeContract } from '../../src/store/contract.ts'
import { openFresh } from './postgres-fixture.ts'

storeContract('PostgreSQL', (registry, name) => openFresh(registry, name))

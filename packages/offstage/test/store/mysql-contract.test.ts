import { storeContract } from '../../src/store/contract.ts'
import { openFresh } from './mysql-fixture.ts'

storeContract('MySQL', (registry, name) => openFresh(registry, name))

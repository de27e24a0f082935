import { Door as ServerDoor } from '../server/door.ts'
import { Connection } from './connection.ts'
import type { Driver } from './driver.ts'
import type { Settings } from './options.ts'

export type Door = ServerDoor<Connection, Settings>

export const openDoor = (driver: Driver, settings: Settings): Door =>
  new ServerDoor(settings, (use) => Connection.open(driver, settings, use))

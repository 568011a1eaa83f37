export { type Database, type DatabaseOptions, openDatabase } from "./database.js";
export type { NotificationListener, Notifications } from "./notifications.js";

/// Where backups go, how often and how many.
extension SettingDefinition {
    static let backupDirectory = SettingDefinition(
        "BACKUP_DIR", "backup.dir", .text, default: "backups",
        "Folder of the backups, best on another disk; one server each.")
    static let backupInterval = SettingDefinition(
        "BACKUP_INTERVAL_MINUTES", "backup.interval_minutes", .wholeNumber(0...43_200), unit: "minutes", default: "0",
        "How old the newest backup may get before the server makes another; 0: only when asked to.")
    /// Of each kind at most as many as four years have weeks.
    static let backupKeepHourly = SettingDefinition(
        "BACKUP_KEEP_HOURLY", "backup.keep_hourly", .wholeNumber(0...208), default: "24",
        "Hours, the last that have a backup, of which the newest is kept.")
    static let backupKeepDaily = SettingDefinition(
        "BACKUP_KEEP_DAILY", "backup.keep_daily", .wholeNumber(0...208), default: "7",
        "Days of which it is kept.")
    static let backupKeepWeekly = SettingDefinition(
        "BACKUP_KEEP_WEEKLY", "backup.keep_weekly", .wholeNumber(0...208), default: "4",
        "Weeks of which it is kept. The newest of all always is.")

    static let backup: [SettingDefinition] = [
        backupDirectory, backupInterval, backupKeepHourly, backupKeepDaily, backupKeepWeekly,
    ]
}

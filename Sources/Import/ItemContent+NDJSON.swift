public import Knowledge

extension [ItemContent] {
    /// One line of JSON an item, as the readers take it.
    public var ndjson: [UInt8] {
        var writer = JSONWriter(reserving: 512 * count)
        for item in self {
            item.write(to: &writer)
            writer.newline()
        }
        return writer.bytes
    }
}

extension ItemContent {
    /// An item as the API and the readers take it.
    var json: String {
        var writer = JSONWriter()
        write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("issue", issue)
            json.member("resolution", resolution)
            json.member("category", category)
            json.array("tags") { json in for tag in tags { json.element(tag) } }
        }
    }
}

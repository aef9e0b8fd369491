/// Unpacks DEFLATE data (RFC 1951) into at most so many bytes; what does not follow the format is an error, never a trap.
struct Inflate {
    /// Why there is no result.
    enum Failure: Error, Hashable {
        case endsEarly
        case malformed
        /// More than the limit comes out of it.
        case tooLarge
    }

    private let input: ArraySlice<UInt8>
    private let limit: Int
    private var at: Int
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var out: [UInt8] = []

    static func unpack(_ input: ArraySlice<UInt8>, limit: Int) throws(Failure) -> [UInt8] {
        var machine = Inflate(input: input, limit: limit)
        try machine.run()
        return machine.out
    }

    private init(input: ArraySlice<UInt8>, limit: Int) {
        self.input = input
        self.limit = limit
        at = input.startIndex
    }

    private mutating func run() throws(Failure) {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try copyStored()
            case 1: try expand(Self.fixedLengths, Self.fixedDistances)
            case 2:
                let (lengths, distances) = try readTables()
                try expand(lengths, distances)
            default: throw .malformed
            }
        }
    }

    // MARK: Bits

    private mutating func take(_ count: Int) throws(Failure) -> Int {
        while bitCount < count {
            guard at < input.endIndex else { throw .endsEarly }
            bits |= UInt32(input[at]) << UInt32(bitCount)
            at += 1
            bitCount += 8
        }
        let value = bits & ((1 << UInt32(count)) - 1)
        bits >>= UInt32(count)
        bitCount -= count
        return Int(value)
    }

    // MARK: Blocks

    private mutating func copyStored() throws(Failure) {
        (bits, bitCount) = (0, 0)
        guard input.endIndex - at >= 4 else { throw .endsEarly }
        let length = Int(input[at]) | Int(input[at + 1]) << 8
        let complement = Int(input[at + 2]) | Int(input[at + 3]) << 8
        guard length == ~complement & 0xFFFF else { throw .malformed }
        at += 4
        guard input.endIndex - at >= length else { throw .endsEarly }
        guard limit - out.count >= length else { throw .tooLarge }
        out += input[at..<at + length]
        at += length
    }

    private mutating func expand(_ lengths: Code, _ distances: Code) throws(Failure) {
        while true {
            let symbol = try decode(lengths)
            if symbol < 256 {
                guard out.count < limit else { throw .tooLarge }
                out.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol - 257 < Self.lengthBase.count else { throw .malformed }
            let length = Self.lengthBase[symbol - 257] + (try take(Self.lengthExtra[symbol - 257]))
            let far = try decode(distances)
            guard far < Self.distanceBase.count else { throw .malformed }
            let distance = Self.distanceBase[far] + (try take(Self.distanceExtra[far]))
            guard distance <= out.count else { throw .malformed }
            guard limit - out.count >= length else { throw .tooLarge }
            let from = out.count - distance
            for i in 0..<length { out.append(out[from + i]) }
        }
    }

    // MARK: Codes

    /// A canonical Huffman code: how many codes have each length, and their symbols in order.
    private struct Code {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []

        /// Nil if the lengths ask for more codes than there are.
        init?(_ lengths: ArraySlice<Int>) {
            for length in lengths { counts[length] += 1 }
            counts[0] = 0
            var left = 1
            for length in 1..<16 {
                left = left * 2 - counts[length]
                if left < 0 { return nil }
            }
            for length in 1..<16 where counts[length] > 0 {
                for (symbol, own) in lengths.enumerated() where own == length { symbols.append(symbol) }
            }
        }
    }

    private mutating func decode(_ code: Code) throws(Failure) -> Int {
        var value = 0
        var first = 0
        var index = 0
        for length in 1..<16 {
            value |= try take(1)
            let count = code.counts[length]
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw .malformed
    }

    /// The order in which lengths of the code of lengths stand (section 3.2.7).
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private mutating func readTables() throws(Failure) -> (Code, Code) {
        let literals = try take(5) + 257
        let distances = try take(5) + 1
        let codes = try take(4) + 4
        var small = [Int](repeating: 0, count: 19)
        for place in Self.order.prefix(codes) { small[place] = try take(3) }
        guard let code = Code(small[...]) else { throw .malformed }
        var lengths: [Int] = []
        while lengths.count < literals + distances {
            let symbol = try decode(code)
            switch symbol {
            case 16:
                guard let last = lengths.last else { throw .malformed }
                lengths += [Int](repeating: last, count: 3 + (try take(2)))
            case 17: lengths += [Int](repeating: 0, count: 3 + (try take(3)))
            case 18: lengths += [Int](repeating: 0, count: 11 + (try take(7)))
            default: lengths.append(symbol)
            }
        }
        guard lengths.count == literals + distances, let first = Code(lengths[..<literals]), let second = Code(lengths[literals...]) else {
            throw .malformed
        }
        return (first, second)
    }

    // MARK: Tables of section 3.2.5 and 3.2.6

    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
    ]
    private static let lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ]
    private static let distanceExtra = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]
    private static let fixedLengths = Code(
        ([Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24) + [Int](repeating: 8, count: 8))[...])!
    private static let fixedDistances = Code([Int](repeating: 5, count: 30)[...])!
}

import COpenSSL

/// Unpredictable bytes from OpenSSL's generator.
public enum SecureRandom {
    /// Traps if the system has none: nothing may go on without.
    public static func bytes(_ count: Int) -> [UInt8] {
        precondition(count >= 0 && count <= Int32.max, "a count of random bytes: \(count)")
        var bytes = [UInt8](repeating: 0, count: count)
        let ok = RAND_bytes(&bytes, Int32(count))
        precondition(ok == 1, "the system gives no random bytes")
        return bytes
    }
}

import Glibc

/// Counts every call of the allocator from any library of this program, by putting counting functions into the libraries'
/// import tables (ELF, the "global offset table"). What the C library calls inside itself is not seen.
///
/// No preloaded library and no build flag is needed, so the check runs wherever the program does.
enum AllocationCounter {
    /// Calls so far; meant for one thread.
    nonisolated(unsafe) static var calls = 0

    private typealias One = @convention(c) (Int) -> UnsafeMutableRawPointer?
    private typealias Two = @convention(c) (Int, Int) -> UnsafeMutableRawPointer?
    private typealias Again = @convention(c) (UnsafeMutableRawPointer?, Int) -> UnsafeMutableRawPointer?
    private typealias Aligned = @convention(c) (UnsafeMutablePointer<UnsafeMutableRawPointer?>, Int, Int) -> Int32

    /// The counting function for an imported name.
    private static func replacement(_ name: String) -> UnsafeMutableRawPointer? {
        switch name {
        case "malloc":
            let counted: One = {
                AllocationCounter.calls &+= 1
                return Glibc.malloc($0)
            }
            return unsafeBitCast(counted, to: UnsafeMutableRawPointer.self)
        case "calloc":
            let counted: Two = {
                AllocationCounter.calls &+= 1
                return Glibc.calloc($0, $1)
            }
            return unsafeBitCast(counted, to: UnsafeMutableRawPointer.self)
        case "realloc":
            let counted: Again = {
                AllocationCounter.calls &+= 1
                return Glibc.realloc($0, $1)
            }
            return unsafeBitCast(counted, to: UnsafeMutableRawPointer.self)
        case "aligned_alloc", "memalign":
            let counted: Two = {
                AllocationCounter.calls &+= 1
                return Glibc.aligned_alloc($0, $1)
            }
            return unsafeBitCast(counted, to: UnsafeMutableRawPointer.self)
        case "posix_memalign":
            let counted: Aligned = {
                AllocationCounter.calls &+= 1
                return Glibc.posix_memalign($0, $1, $2)
            }
            return unsafeBitCast(counted, to: UnsafeMutableRawPointer.self)
        default: return nil
        }
    }

    /// Begins to count. The program's own imports stay as they are: our functions call through them.
    static func install() {
        _ = iterate(
            { info, _, _ in
                // dl_phdr_info: address, name, program headers, their number. The first object is the program itself.
                let name = info.load(fromByteOffset: 8, as: UnsafePointer<CChar>?.self)
                if let name, name.pointee != 0 { AllocationCounter.patch(info) }
                return 0
            }, nil)
    }

    private static func patch(_ info: UnsafeRawPointer) {
        let base = info.load(as: UInt.self)
        guard let headers = info.load(fromByteOffset: 16, as: UnsafeRawPointer?.self) else { return }
        var dynamic: UnsafeRawPointer?
        for i in 0..<Int(info.load(fromByteOffset: 24, as: UInt16.self)) {
            // Elf64_Phdr: type at 0, virtual address at 16, 56 bytes. PT_DYNAMIC is 2.
            let header = headers + 56 * i
            if header.load(as: UInt32.self) == 2 { dynamic = UnsafeRawPointer(bitPattern: base + header.load(fromByteOffset: 16, as: UInt.self)) }
        }
        guard var entry = dynamic else { return }
        var tags: [Int: UInt] = [:]
        while entry.load(as: Int.self) != 0 {
            tags[entry.load(as: Int.self)] = entry.load(fromByteOffset: 8, as: UInt.self)
            entry += 16
        }
        // DT_STRTAB 5, DT_SYMTAB 6; DT_RELA 7 with DT_RELASZ 8; DT_JMPREL 23 with DT_PLTRELSZ 2. Relocated already by the loader,
        // but for the kernel's own object.
        guard let strings = tags[5].flatMap({ UnsafeRawPointer(bitPattern: $0) }), let symbols = tags[6].flatMap({ UnsafeRawPointer(bitPattern: $0) }),
            UInt(bitPattern: strings) > base
        else { return }
        for (table, size) in [(tags[7], tags[8]), (tags[23], tags[2])] {
            guard let table, let size, let start = UnsafeRawPointer(bitPattern: table) else { continue }
            for at in stride(from: 0, to: Int(size), by: 24) {
                let relocation = start + at
                let word = relocation.load(fromByteOffset: 8, as: UInt64.self)
                // R_X86_64_GLOB_DAT, JUMP_SLOT; R_AARCH64_GLOB_DAT, JUMP_SLOT.
                guard [6, 7, 1_025, 1_026].contains(word & 0xFFFF_FFFF) else { continue }
                let symbol = symbols + 24 * Int(word >> 32)
                let name = String(cString: (strings + Int(symbol.load(as: UInt32.self))).assumingMemoryBound(to: CChar.self))
                guard let function = replacement(name), let slot = UnsafeMutableRawPointer(bitPattern: base + relocation.load(as: UInt.self))
                else { continue }
                let page = UInt(bitPattern: slot) & ~4_095
                mprotect(UnsafeMutableRawPointer(bitPattern: page), 8_192, PROT_READ | PROT_WRITE)
                slot.storeBytes(of: function, as: UnsafeMutableRawPointer.self)
            }
        }
    }

    @_silgen_name("dl_iterate_phdr")
    private static func iterate(
        _ body: @convention(c) (UnsafeRawPointer, Int, UnsafeMutableRawPointer?) -> Int32, _ data: UnsafeMutableRawPointer?
    ) -> Int32
}

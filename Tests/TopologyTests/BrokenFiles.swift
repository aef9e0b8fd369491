import Testing

/// Every broken file of `Broken/` with exactly what is said about it.
struct BrokenFile: CustomTestStringConvertible {
    /// Checked in one run.
    var files: [String]
    /// `FILE:LINE:COL: error[code]: message`, all of them, in order.
    var says: String
    var testDescription: String { files.joined(separator: " ") }
}

let brokenFiles: [BrokenFile] = [
    BrokenFile(
        files: ["assumed.yaml"],
        says: """
            assumed.yaml:7:42: warning[assumed-capacity]: this capacity is assumed, not measured, and 1 trunk uses it
            assumed.yaml:19:50: warning[assumed-capacity]: this capacity is assumed, not measured
            assumed.yaml:24:14: warning[assumed-node]: that 'Y' takes part is assumed, not confirmed
            """),
    BrokenFile(
        files: ["not-yet.yaml"],
        says: """
            not-yet.yaml:2:15: warning[cut-by-comment]: '#2' is a comment, and the value is 'Mạng số' alone; put the whole value in quotation marks if it belongs to it
            not-yet.yaml:5:39: warning[not-yet]: no node connects to 'upstream' yet: it is drawn and listed, and takes part in no meeting and no plan
            not-yet.yaml:12:48: warning[not-yet]: no node follows 'audio: mix' yet: every voice and picture that is wanted crosses the line as it is, and plans count it so
            not-yet.yaml:12:60: warning[not-yet]: no node follows 'video: none' yet: every voice and picture that is wanted crosses the line as it is, and plans count it so
            not-yet.yaml:14:76: error[odd-endpoint]: a loudspeaker plays sound and takes no 'h264'; leave 'codec' out
            not-yet.yaml:15:81: error[odd-endpoint]: a loudspeaker cannot have 'direction: both'
            not-yet.yaml:17:71: warning[odd-endpoint]: 'may' sends and has no room: what it sends goes to no meeting
            """),
    BrokenFile(
        files: ["mixed-addresses.yaml"],
        says: """
            mixed-addresses.yaml:7:54: error[mixed-addresses]: 'H' and its parent 'T' must both have IPv4 addresses or both IPv6 addresses: the one dials the other
            mixed-addresses.yaml:9:68: error[mixed-addresses]: 'X' and its parent 'K' must both have IPv4 addresses or both IPv6 addresses: the one dials the other
            """),
    BrokenFile(
        files: ["meeting-more-voices.yaml"],
        says: """
            meeting-more-voices.yaml:7:14: warning[more-voices]: a page plays three voices at a time; of 5 open microphones the others are heard by equipment only, and still load every line
            """),
    BrokenFile(
        files: ["thin-access.yaml"],
        says: """
            thin-access.yaml:12:9: warning[thin-access]: the uplink of 'H' has 20 Mbit/s, but the access line that carries it only 10 Mbit/s
            thin-access.yaml:18:32: error[bad-unit]: 'MB' is not a unit here; use 'bit/s', 'kbit/s', 'Mbit/s' or 'Gbit/s'; did you mean 'Mbit/s'?
            thin-access.yaml:19:32: error[missing-key]: 'down' is missing here
            """),
    BrokenFile(
        files: ["assumed-defaults.yaml"],
        says: """
            assumed-defaults.yaml:9:14: warning[assumed-address]: these addresses are assumed, not assigned, and 3 nodes have one of them
            assumed-defaults.yaml:11:17: warning[assumed-capacity]: this capacity is assumed, not measured, and 1 trunk uses it
            assumed-defaults.yaml:13:7: warning[assumed-latency]: this delay is assumed, not measured, and 1 trunk uses it
            assumed-defaults.yaml:29:76: warning[assumed-capacity]: this capacity is assumed, not measured
            """),
    BrokenFile(
        files: ["address-range.yaml"],
        says: """
            address-range.yaml:8:14: error[bad-address]: the range has addresses for 1 node, but 2 need one; take a larger one
            """),
    BrokenFile(
        files: ["bad-range.yaml"],
        says: """
            bad-range.yaml:7:23: error[bad-address]: '10.0.0.0' is no range of IPv4 addresses; write it like '10.94.0.0/16'
            """),
    BrokenFile(
        files: ["policy.yaml"],
        says: """
            policy.yaml:6:11: error[unknown-value]: 'from-abov' is not a value of 'accept'; use 'all', 'from-above' or 'ask'; did you mean 'from-above'?
            policy.yaml:8:12: error[unknown-role]: there is no role 'chiar'; a new role says with 'like' which one it is like; did you mean 'chair'?
            policy.yaml:9:25: error[unknown-role]: 'chair' is a standard role and is like no other; leave 'like' out
            policy.yaml:9:45: error[unknown-value]: 'subtre' is not a value of 'end'; use 'none', 'own', 'node', 'subtree' or 'network'; did you mean 'subtree'?
            policy.yaml:9:53: error[unknown-key]: unknown key 'ennd'; did you mean 'end'?
            policy.yaml:9:78: error[never-granted]: 'cast-ballot' of 'chair' cannot reach 'network', 'own' at most: what a site or node says in its own name is nobody else's to say
            policy.yaml:10:26: error[unknown-role]: no role can be like 'secretery'; use 'room', 'chair', 'secretary', 'viewer', 'operator' or 'technician'; did you mean 'secretary'?
            policy.yaml:11:42: error[never-granted]: 'read-status' of 'anyone' cannot reach 'node', 'none' at most: what a site or node says in its own name is nobody else's to say
            policy.yaml:12:41: error[never-granted]: 'put-on-air' of 'viewer' cannot reach 'own', 'none' at most: what a site or node says in its own name is nobody else's to say
            policy.yaml:13:12: error[duplicate-id]: id 'chair' is used already in line 9
            policy.yaml:14:43: error[unknown-role]: a role that is bound to meetings names at least one
            """),
    BrokenFile(
        files: ["backup-cycle.yaml"],
        says: """
            backup-cycle.yaml:19:30: error[backup-cycle]: uplinks and backups can form a cycle: K → H → K; of two nodes only one may back up on the other
            """),
    BrokenFile(
        files: ["backup-in-own-subtree.yaml"],
        says: """
            backup-in-own-subtree.yaml:15:30: error[backup-in-own-subtree]: 'H' cannot be its own backup parent
            backup-in-own-subtree.yaml:15:33: error[backup-in-own-subtree]: backup parent 'X' hangs below 'H' itself
            """),
    BrokenFile(
        files: ["backup-is-parent.yaml"],
        says: """
            backup-is-parent.yaml:23:30: error[backup-is-parent]: backup parent 'H' is the parent already
            backup-is-parent.yaml:23:36: error[duplicate-id]: backup parent 'K' is named twice
            """),
    BrokenFile(
        files: ["backup-zone.yaml"],
        says: """
            backup-zone.yaml:19:45: error[backup-zone]: 'CA' is in zone 'cong-an', backup parent 'H' in no zone: a protected zone keeps its own lines
            backup-zone.yaml:23:30: error[backup-zone]: 'X' is in no zone, backup parent 'CA' in zone 'cong-an': a protected zone keeps its own lines
            """),
    BrokenFile(
        files: ["bad-address.yaml"],
        says: """
            bad-address.yaml:9:35: error[bad-address]: '10.0.0.256' is no IP address of a host; write it like '10.37.1.1'
            bad-address.yaml:10:36: error[bad-address]: '10.0.0.2:5004' is an address with a port; put the port into 'port'
            bad-address.yaml:11:36: error[bad-address]: '224.0.0.1' is no IP address of a host; write it like '10.37.1.1'
            bad-address.yaml:12:36: error[bad-address]: 'tram.example' is no IP address of a host; write it like '10.37.1.1'
            """),
    BrokenFile(
        files: ["bad-id.yaml"],
        says: """
            bad-id.yaml:9:9: error[bad-id]: 'T 1' is no id: 1 to 48 of A–Z, a–z, 0–9, '-', '_', '.', beginning with a letter or a digit
            bad-id.yaml:12:9: error[bad-id]: 'a/b' is no id: 1 to 48 of A–Z, a–z, 0–9, '-', '_', '.', beginning with a letter or a digit
            bad-id.yaml:15:13: error[unknown-parent]: there is no node 'T' to be the parent
            """),
    BrokenFile(
        files: ["bad-number.yaml"],
        says: """
            bad-number.yaml:12:11: error[bad-number]: 'port' is 70000, but must lie between 1 and 65535
            bad-number.yaml:13:11: error[bad-number]: 'many' is not a number; write it like '5004'
            bad-number.yaml:14:10: error[bad-number]: 'at' is 91.0, but must lie between -90 and 90
            bad-number.yaml:18:25: error[bad-number]: '10/10 Mbit/s' is not a number; write it like '10 Mbit/s'
            bad-number.yaml:18:45: error[bad-number]: 'ten Mbit/s' is not a number; write it like '10 Mbit/s'
            bad-number.yaml:18:66: error[bad-number]: 'latency' is 60 s, but must lie between 0 ms and 10 s
            bad-number.yaml:24:72: error[bad-number]: 'payload' is 128, but must lie between 0 and 127
            """),
    BrokenFile(
        files: ["bad-unit.yaml"],
        says: """
            bad-unit.yaml:15:25: error[bad-unit]: 'M' is not a unit here; use 'bit/s', 'kbit/s', 'Mbit/s' or 'Gbit/s'; did you mean 'Mbit/s'?
            bad-unit.yaml:15:36: error[bad-unit]: '10' has no unit; write it like '10 Mbit/s'
            bad-unit.yaml:15:49: error[bad-unit]: 'min' is not a unit here; use 'ns', 'us', 'ms' or 's'
            bad-unit.yaml:15:62: error[bad-unit]: 'ppm' is not a unit here; use '%'
            """),
    BrokenFile(
        files: ["cycle.yaml"],
        says: """
            cycle.yaml:15:13: error[cycle]: the uplinks form a cycle: A → B → C → A
            cycle.yaml:31:13: error[cycle]: the uplinks form a cycle: Y → Y
            """),
    BrokenFile(
        files: ["decimal-comma.yaml"],
        says: """
            decimal-comma.yaml:17:13: error[bad-number]: '0,5 %' has a decimal comma; write '0.5 %'
            """),
    BrokenFile(
        files: ["duplicate-address.yaml"],
        says: """
            duplicate-address.yaml:14:14: error[duplicate-address]: address 10.0.0.1:5004 belongs already to 'T' in line 11
            duplicate-address.yaml:18:14: error[duplicate-address]: address 10.0.0.1:8443 belongs already to 'T' in line 11
            duplicate-address.yaml:21:9: error[duplicate-address]: address 10.0.0.1:6000 belongs already to 'X' in line 18
            """),
    BrokenFile(
        files: ["duplicate-id.yaml"],
        says: """
            duplicate-id.yaml:20:9: error[duplicate-id]: id 'H' is used already in line 12
            """),
    BrokenFile(
        files: ["duplicate-key.yaml"],
        says: """
            duplicate-key.yaml:12:5: error[duplicate-key]: key 'level' stands already in line 10, in the same mapping
            """),
    BrokenFile(
        files: ["empty-value.yaml"],
        says: """
            empty-value.yaml:14:10: error[wrong-type]: 'name' must be text, but is empty
            """),
    BrokenFile(
        files: ["hidden-letters.yaml"],
        says: """
            hidden-letters.yaml:5:20: error[hidden-letters]: 'name' has a line break or a tab in it; write it on one line
            hidden-letters.yaml:10:14: error[hidden-letters]: an invisible character stands here: U+200B, in '<U+200B>10.0.0.1'; delete it
            hidden-letters.yaml:13:13: error[hidden-letters]: an invisible character stands here: U+0007; delete it
            """),
    BrokenFile(
        files: ["lost-letters.yaml"],
        says: """
            lost-letters.yaml:2:7: error[lost-letters]: letters of 'M?ng th?' were lost ('M?n'): take it from the original again and save the file as UTF-8 (in Excel: 'CSV UTF-8')
            lost-letters.yaml:5:22: error[lost-letters]: letters of 'Tá»‰nh' were lost ('á»‰'): take it from the original again and save the file as UTF-8 (in Excel: 'CSV UTF-8')
            lost-letters.yaml:10:11: error[lost-letters]: letters of 'T&#7881;nh Ninh Bình' were lost ('&#7881;'): take it from the original again and save the file as UTF-8 (in Excel: 'CSV UTF-8')
            """),
    BrokenFile(
        files: ["same-name.yaml"],
        says: """
            same-name.yaml:16:9: warning[same-name]: the name 'Xã Hoà Bình' looks like that of 'X' in line 11, below the same parent
            """),
    BrokenFile(
        files: ["include.yaml"],
        says: """
            include.yaml:10:5: error[bad-include]: included file 'districts/nowhere.yaml' cannot be read: No such file or directory
            include.yaml:11:5: error[bad-include]: './districts/h1.yaml' is included already
            districts/h1.yaml:3:10: error[duplicate-id]: id 'H1' is used already in include.yaml:15
            districts/h1.yaml:3:37: error[duplicate-address]: address 10.0.0.2:5004 belongs already to 'H1' in include.yaml:15
            districts/h1.yaml:4:51: error[unknown-parent]: there is no node 'H2' to be the parent; did you mean 'H1'?
            districts/h1.yaml:5:10: error[duplicate-id]: id 'X' is used already in line 4
            districts/h1.yaml:6:13: error[unknown-key]: unknown key 'levle'; did you mean 'level'?
            districts/h1.yaml:7:1: error[unknown-key]: unknown key 'levels'
            districts/syntax.yaml:3:1: error[yaml-syntax]: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'; it begins in line 2
            """),
    BrokenFile(
        files: ["level-order.yaml"],
        says: """
            level-order.yaml:19:13: error[level-order]: 'H' (level 'huyen') cannot hang below 'X' (level 'xa'): a parent's level comes before its child's in 'levels'
            level-order.yaml:23:13: error[level-order]: 'Y' (level 'xa') cannot hang below 'X' (level 'xa'): a parent's level comes before its child's in 'levels'
            """),
    BrokenFile(
        files: ["many.yaml"],
        says: """
            many.yaml:15:13: error[missing-capacity]: the uplink of 'H' has no capacity: give 'up' and 'down' here, in its class or in 'defaults'
            many.yaml:15:13: error[unknown-parent]: there is no node 'T0' to be the parent; did you mean 'T'?
            many.yaml:16:11: error[wrong-type]: 'name' must be text, but is a mapping
            many.yaml:18:5: error[unknown-key]: unknown key 'levle'; did you mean 'level'?
            many.yaml:19:14: error[bad-address]: '10.0.0' is no IP address of a host; write it like '10.37.1.1'
            many.yaml:20:25: error[bad-unit]: 'MB' is not a unit here; use 'bit/s', 'kbit/s', 'Mbit/s' or 'Gbit/s'; did you mean 'Mbit/s'?
            """),
    BrokenFile(
        files: ["meeting-bad-floor.yaml"],
        says: """
            meeting-bad-floor.yaml:7:8: error[bad-floor]: 'floor' is 2, but a meeting of kind 'giao-ban' has one speaker at a time
            """),
    BrokenFile(
        files: ["meeting-floor-over-microphones.yaml"],
        says: """
            meeting-floor-over-microphones.yaml:8:8: error[bad-floor]: 'floor' is 4, but only 3 microphones may be open ('microphones')
            meeting-floor-over-microphones.yaml:9:8: error[unknown-value]: 'vp9' is not a value of 'codec'; use 'vp8' or 'h264'; did you mean 'vp8'?
            """),
    BrokenFile(
        files: ["meeting-missing-topology.yaml"],
        says: """
            meeting-missing-topology.yaml:1:10: error[missing-topology]: no topology to check this meeting against: name one with 'topology:' or give its file too
            """),
    BrokenFile(
        files: ["meeting-no-sites.yaml"],
        says: """
            meeting-no-sites.yaml:6:9: error[no-sites]: no site of the network is meant by this
            """),
    BrokenFile(
        files: ["meeting-topology-not-there.yaml"],
        says: """
            meeting-topology-not-there.yaml:2:11: error[missing-topology]: topology file 'nowhere.yaml' cannot be read: No such file or directory
            """),
    BrokenFile(
        files: ["meeting-unknown-chair.yaml"],
        says: """
            meeting-unknown-chair.yaml:5:10: error[unknown-chair]: there is no site 'TT' to take the chair; did you mean 'T'?
            meeting-unknown-chair.yaml:5:14: error[unknown-chair]: node 'X' has no room to take the chair in
            meeting-unknown-chair.yaml:5:17: error[unknown-chair]: node 'Y' has several rooms; write 'Y/a' or 'Y/b'
            meeting-unknown-chair.yaml:5:23: error[duplicate-id]: chair 'T' is named twice
            """),
    BrokenFile(
        files: ["meeting-unknown-key.yaml"],
        says: """
            meeting-unknown-key.yaml:5:1: error[unknown-key]: unknown key 'chair'; did you mean 'chairs'?
            meeting-unknown-key.yaml:7:8: error[bad-unit]: '1' has no unit; write it like '10 Mbit/s'
            """),
    BrokenFile(
        files: ["meeting-unknown-kind.yaml"],
        says: """
            meeting-unknown-kind.yaml:4:7: error[unknown-kind]: there is no kind of meeting 'giaoban'; use 'quan-triet', 'giao-ban', 'hop' or 'tap-huan'; did you mean 'giao-ban'?
            """),
    BrokenFile(
        files: ["meeting-unknown-site.yaml"],
        says: """
            meeting-unknown-site.yaml:7:5: error[unknown-site]: there is no site or node 'H1'; did you mean 'H'?
            meeting-unknown-site.yaml:8:5: error[unknown-site]: there is no site or node 'Y/c'; did you mean 'Y/a'?
            meeting-unknown-site.yaml:9:15: error[unknown-site]: there is no site or node 'K'
            meeting-unknown-site.yaml:10:13: error[unknown-level]: there is no level 'xaa'; did you mean 'xa'?
            meeting-unknown-site.yaml:11:12: error[unknown-unit]: no node has the unit code '378'; did you mean '377'?
            """),
    BrokenFile(
        files: ["missing-capacity.yaml"],
        says: """
            missing-capacity.yaml:16:13: error[missing-capacity]: the uplink of 'H' has no capacity: give 'up' and 'down' here, in its class or in 'defaults'
            missing-capacity.yaml:20:13: error[missing-capacity]: the uplink of 'X' has no capacity: give 'down' here, in its class or in 'defaults'
            """),
    BrokenFile(
        files: ["missing-key.yaml"],
        says: """
            missing-key.yaml:1:1: error[missing-key]: 'version' is missing here
            missing-key.yaml:1:1: error[missing-key]: 'edition' is missing here
            missing-key.yaml:3:5: error[missing-key]: 'id' is missing here
            missing-key.yaml:5:5: error[missing-key]: 'level' is missing here
            missing-key.yaml:5:5: error[missing-key]: 'address' is missing here
            """),
    BrokenFile(
        files: ["no-nodes.yaml"],
        says: """
            no-nodes.yaml:8:8: error[no-root]: a network needs at least one node
            """),
    BrokenFile(
        files: ["no-root.yaml"],
        says: """
            no-root.yaml:9:3: error[no-root]: every node has an uplink; the topmost one must have none
            no-root.yaml:12:13: error[cycle]: the uplinks form a cycle: A → B → A
            """),
    BrokenFile(
        files: ["node-index-collision.yaml"],
        says: """
            node-index-collision.yaml:16:9: error[node-index-collision]: 'X73612' has the same name on the wire as 'X5291' in line 12; change one of the two ids a little
            """),
    BrokenFile(
        files: ["not-utf8.yaml"],
        says: """
            not-utf8.yaml:2:8: error[unreadable]: this line is not UTF-8; save the file as UTF-8
            """),
    BrokenFile(
        files: ["two-roots.yaml"],
        says: """
            two-roots.yaml:16:9: error[two-roots]: 'X' has no uplink, but the root is already 'T' in line 9
            """),
    BrokenFile(
        files: ["unknown-backup.yaml"],
        says: """
            unknown-backup.yaml:19:36: error[unknown-backup]: there is no node 'Huyen-2' to be a backup parent; did you mean 'Huyen-1'?
            """),
    BrokenFile(
        files: ["unknown-class.yaml"],
        says: """
            unknown-class.yaml:16:28: error[unknown-class]: there is no class 'cap-quan'; did you mean 'cap-quang'?
            """),
    BrokenFile(
        files: ["unknown-file.yaml"],
        says: """
            unknown-file.yaml:1:1: error[unknown-file]: neither a topology (it has no 'nodes:') nor a meeting ('meeting:') nor a scenario ('scenario:')
            """),
    BrokenFile(
        files: ["unknown-key.yaml"],
        says: """
            unknown-key.yaml:14:5: error[unknown-key]: unknown key 'adress'; did you mean 'address'?
            unknown-key.yaml:15:21: error[unknown-key]: unknown key 'latancy'; did you mean 'latency'?
            unknown-key.yaml:15:36: error[unknown-key]: unknown key 'colour'
            """),
    BrokenFile(
        files: ["unknown-level.yaml"],
        says: """
            unknown-level.yaml:13:12: error[unknown-level]: there is no level 'huyenn'; did you mean 'huyen'?
            """),
    BrokenFile(
        files: ["unknown-parent.yaml"],
        says: """
            unknown-parent.yaml:19:13: error[unknown-parent]: there is no node 'H11' to be the parent; did you mean 'H1'?
            unknown-parent.yaml:23:13: error[unknown-parent]: there is no node 'elsewhere' to be the parent
            """),
    BrokenFile(
        files: ["unknown-room.yaml"],
        says: """
            unknown-room.yaml:14:69: error[unknown-room]: node 'T' has no room 'hup'; did you mean 'hop'?
            unknown-room.yaml:15:9: error[missing-key]: 'room' is missing here
            unknown-room.yaml:15:23: error[unknown-value]: 'speaker' is not a value of 'kind'; use 'decoder', 'loudspeaker' or 'broadcaster'
            """),
    BrokenFile(
        files: ["unknown-value.yaml"],
        says: """
            unknown-value.yaml:15:28: error[unknown-value]: 'mixed' is not a value of 'audio'; use 'forward', 'mix' or 'auto'
            unknown-value.yaml:15:42: error[unknown-value]: 'stereo' is not a value of 'video'; use 'forward', 'mix', 'none' or 'auto'
            """),
    BrokenFile(
        files: ["wrong-type.yaml"],
        says: """
            wrong-type.yaml:15:13: error[wrong-type]: 'uplink' must be a mapping, but is a list
            wrong-type.yaml:16:11: error[wrong-type]: 'name' must be text, but is a list
            wrong-type.yaml:17:12: error[wrong-type]: 'rooms' must be a list, but is text
            wrong-type.yaml:18:13: error[wrong-type]: 'secure' must be true or false, but is text
            """),
    BrokenFile(
        files: ["yaml-syntax.yaml"],
        says: """
            yaml-syntax.yaml:13:1: error[yaml-syntax]: not valid YAML: this line is indented with a tab; use blanks
            """),
    BrokenFile(
        files: ["meeting-duplicate.yaml", "meeting-duplicate-again.yaml"],
        says: """
            meeting-duplicate-again.yaml:1:10: error[duplicate-meeting]: meeting 'm' is declared already in meeting-duplicate.yaml:1
            """),
    BrokenFile(
        files: ["two-roots.yaml", "meeting-missing-topology.yaml", "not-there.yaml"],
        says: """
            two-roots.yaml:16:9: error[two-roots]: 'X' has no uplink, but the root is already 'T' in line 9
            not-there.yaml:1:1: error[unreadable]: cannot be read: No such file or directory
            """),
]

import Testing

/// A broken file of `Broken/` with exactly what is said about it.
struct BrokenScenario: CustomTestStringConvertible {
    var file: String
    /// `FILE:LINE:COL: error[code]: message`, all of them, in order.
    var says: String
    var testDescription: String { file }
}

let brokenScenarios: [BrokenScenario] = [
    BrokenScenario(
        file: "bad-core.yaml",
        says: """
            bad-core.yaml:6:7: error[bad-core]: the nodes of 'core' are not connected: every two must reach each other over lines between them
            """),
    BrokenScenario(
        file: "bad-time.yaml",
        says: """
            bad-time.yaml:7:18: error[bad-unit]: '3' has no unit; write it like '1.5 s'
            bad-time.yaml:8:18: error[bad-number]: '3,5 s' has a decimal comma; write '3.5 s'
            bad-time.yaml:9:18: error[bad-unit]: 'sec' is not a unit here; use 'ms', 's', 'min' or 'h'
            bad-time.yaml:10:5: error[missing-key]: 'at' is missing here
            bad-time.yaml:11:18: error[bad-number]: 'at' is 25 h, but must lie between 0 s and 24 h
            """),
    BrokenScenario(
        file: "broken-topology.yaml",
        says: """
            broken-topology.yaml:3:9: error[bad-number]: 'thirty' is not a number; write it like '1.5 s'
            network-broken.yaml:9:51: error[unknown-parent]: there is no node 'Z' to be the parent
            network-broken.yaml:10:20: error[unknown-level]: there is no level 'xom'
            """),
    BrokenScenario(
        file: "duplicate-meeting.yaml",
        says: """
            duplicate-meeting.yaml:6:15: error[duplicate-meeting]: meeting 'hop' is declared already in duplicate-meeting.yaml:5
            """),
    BrokenScenario(
        file: "expectations.yaml",
        says: """
            expectations.yaml:7:18: error[bad-unit]: '500' has no unit; write it like '1.5 s'
            expectations.yaml:8:23: error[bad-number]: '1 ms' is not a number; write it like '0'
            expectations.yaml:9:19: error[bad-unit]: 'Mb' is not a unit here; use 'bit/s', 'kbit/s', 'Mbit/s' or 'Gbit/s'; did you mean 'Mbit/s'?
            expectations.yaml:10:3: error[unknown-key]: unknown key 'mouth_to_eer'; did you mean 'mouth_to_ear'?
            """),
    BrokenScenario(
        file: "generate.yaml",
        says: """
            generate.yaml:7:7: error[missing-key]: a generated level needs 'count' (nodes in all) or 'each' (nodes below every node above), one of the two
            generate.yaml:8:7: error[missing-capacity]: the uplink of 'xa' has no capacity: give 'up' and 'down' here, in its class or in 'defaults'
            generate.yaml:9:12: error[duplicate-id]: id 'xa' is used already in line 8
            generate.yaml:10:7: error[missing-key]: a generated level needs 'count' (nodes in all) or 'each' (nodes below every node above), one of the two
            """),
    BrokenScenario(
        file: "generate-clash.yaml",
        says: """
            generate-clash.yaml:7:12: error[duplicate-id]: id 'xa-1' is used already in line 6
            """),
    BrokenScenario(
        file: "generate-collision.yaml",
        says: """
            generate-collision.yaml:7:12: error[node-index-collision]: 'd-13695' has the same name on the wire as 'd-12496' in line 7; change one of the two ids a little
            """),
    BrokenScenario(
        file: "generate-empty.yaml",
        says: """
            generate-empty.yaml:5:11: error[no-root]: a network needs at least one node
            """),
    BrokenScenario(
        file: "meeting-file.yaml",
        says: """
            meeting-file.yaml:5:5: error[unknown-meeting]: meeting file 'nowhere.yaml' cannot be read: No such file or directory
            meeting-file.yaml:6:26: error[unknown-key]: unknown key 'start'; did you mean 'starts'?
            meeting-file.yaml:7:26: error[unknown-kind]: there is no kind of meeting 'hopp'; use 'quan-triet', 'giao-ban', 'hop' or 'tap-huan'; did you mean 'hop'?
            meeting-file.yaml:7:77: error[bad-number]: 'soon' is not a number; write it like '1.5 s'
            network.yaml:1:1: error[unknown-key]: unknown key 'network'
            network.yaml:1:1: error[missing-key]: 'meeting' is missing here
            network.yaml:1:1: error[missing-key]: 'title' is missing here
            network.yaml:1:1: error[missing-key]: 'kind' is missing here
            network.yaml:1:1: error[missing-key]: 'chairs' is missing here
            network.yaml:1:1: error[missing-key]: 'sites' is missing here
            network.yaml:2:1: error[unknown-key]: unknown key 'version'
            network.yaml:3:1: error[unknown-key]: unknown key 'levels'
            network.yaml:4:1: error[unknown-key]: unknown key 'defaults'
            network.yaml:5:1: error[unknown-key]: unknown key 'nodes'
            """),
    BrokenScenario(
        file: "missing-key.yaml",
        says: """
            missing-key.yaml:1:1: error[missing-key]: 'scenario' is missing here
            missing-key.yaml:1:1: error[missing-key]: 'topology' is missing here
            missing-key.yaml:1:1: error[missing-key]: 'safety' is missing here
            """),
    BrokenScenario(
        file: "modifiers.yaml",
        says: """
            modifiers.yaml:7:5: error[missing-key]: 'for' is missing here
            modifiers.yaml:8:5: error[missing-key]: 'by' is missing here
            modifiers.yaml:9:30: error[bad-number]: 'much' is not a number; write it like '-200'
            modifiers.yaml:10:30: error[bad-number]: 'ppm' is 200000, but must lie between -100000 and 100000
            modifiers.yaml:11:34: error[bad-unit]: 'weeks' is not a unit here; use 'ms', 's', 'min' or 'h'
            modifiers.yaml:12:33: error[unknown-value]: 'gone' is not a value of 'memory'; use 'kept' or 'lost'
            modifiers.yaml:13:5: error[missing-key]: 'every' is missing here
            modifiers.yaml:14:23: error[unknown-key]: unknown key 'priority'
            modifiers.yaml:15:37: error[unknown-value]: 'urgent' is not a value of 'priority'; use 'lowest', 'low', 'normal', 'high' or 'highest'
            modifiers.yaml:16:32: error[bad-unit]: '0.2' has no unit; write it like '0.5 %'
            modifiers.yaml:16:43: error[bad-unit]: 'kbit' is not a unit here; use 'bit/s', 'kbit/s', 'Mbit/s' or 'Gbit/s'; did you mean 'kbit/s'?
            modifiers.yaml:17:5: error[missing-key]: 'topology' is missing here
            modifiers.yaml:18:33: error[unknown-key]: unknown key 'for'
            modifiers.yaml:19:21: error[unknown-node]: there is no node 'Z'
            modifiers.yaml:20:28: error[bad-time]: 'newer-program' comes after the safety phase, which ends at 30 s: nothing is broken afterwards
            modifiers.yaml:21:17: error[unknown-node]: 'T' has nodes below it: only a node without any may lie here
            modifiers.yaml:22:43: error[unknown-value]: 'rumours' is not a value of 'lies'; use 'forge', 'void', 'former-life', 'fragments', 'digests', 'scopes', 'meetings', 'hellos', 'acks', 'epochs', 'leases', 'claims', 'noise', 'interests', 'take-over', 'commands', 'crown', 'requests', 'presence', 'ballots', 'streams', 'edition' or 'gate'
            """),
    BrokenScenario(
        file: "no-deed.yaml",
        says: """
            no-deed.yaml:7:5: error[no-deed]: this says when, but not what happens; begin it with a deed such as 'cut', 'crash', 'join' or 'talk'
            no-deed.yaml:8:15: error[unknown-key]: unknown key 'jion'; did you mean 'join'?
            no-deed.yaml:9:5: error[no-deed]: this says when, but not what happens; begin it with a deed such as 'cut', 'crash', 'join' or 'talk'
            """),
    BrokenScenario(
        file: "no-meeting.yaml",
        says: """
            no-meeting.yaml:5:5: error[unknown-meeting]: this needs a meeting, but the scenario has none: declare it under 'meetings'
            """),
    BrokenScenario(
        file: "no-topology-file.yaml",
        says: """
            no-topology-file.yaml:2:11: error[missing-topology]: topology file 'nowhere.yaml' cannot be read: No such file or directory
            """),
    BrokenScenario(
        file: "no-uplink.yaml",
        says: """
            no-uplink.yaml:7:11: error[unknown-trunk]: 'T' is the root: it has no uplink
            """),
    BrokenScenario(
        file: "nobody-meant.yaml",
        says: """
            nobody-meant.yaml:7:13: error[unknown-node]: no node of the network is meant by this
            nobody-meant.yaml:8:7: error[unknown-node]: no node of the network is meant by this
            nobody-meant.yaml:10:12: error[not-in-meeting]: no site of meeting 'hop' is meant by this
            nobody-meant.yaml:12:11: error[unknown-node]: no node of the network is meant by this
            nobody-meant.yaml:13:13: error[unknown-node]: no node of the network is meant by this
            """),
    BrokenScenario(
        file: "not-a-chair.yaml",
        says: """
            not-a-chair.yaml:7:19: error[not-in-meeting]: 'H' does not take the chair of meeting 'hop'
            """),
    BrokenScenario(
        file: "not-a-mapping.yaml",
        says: """
            not-a-mapping.yaml:1:1: error[wrong-type]: 'scenario' must be a mapping, but is a list
            """),
    BrokenScenario(
        file: "not-in-meeting.yaml",
        says: """
            not-in-meeting.yaml:7:12: error[not-in-meeting]: 'X' is no site of meeting 'hop'
            not-in-meeting.yaml:8:12: error[not-in-meeting]: no site of meeting 'hop' is meant by this
            not-in-meeting.yaml:9:12: error[unknown-site]: there is no site or node 'Z'
            """),
    BrokenScenario(
        file: "not-yaml.yaml",
        says: """
            not-yaml.yaml:2:7: error[yaml-syntax]: not valid YAML: while parsing a flow sequence, did not find expected ',' or ']'; it begins in line 1
            """),
    BrokenScenario(
        file: "starts-late.yaml",
        says: """
            starts-late.yaml:6:78: error[bad-time]: meeting 'muon' starts after the end of the run at 40 s
            """),
    BrokenScenario(
        file: "too-late.yaml",
        says: """
            too-late.yaml:9:19: error[bad-time]: 'talk' comes after the end of the run at 40 s
            too-late.yaml:11:20: error[bad-time]: 'crash' comes after the safety phase, which ends at 30 s: nothing is broken afterwards
            too-late.yaml:14:20: error[bad-time]: 'pause' comes after the safety phase, which ends at 30 s: nothing is broken afterwards
            """),
    BrokenScenario(
        file: "topology-here.yaml",
        says: """
            topology-here.yaml:9:53: error[missing-capacity]: the uplink of 'X' has no capacity: give 'up' and 'down' here, in its class or in 'defaults'
            """),
    BrokenScenario(
        file: "two-deeds.yaml",
        says: """
            two-deeds.yaml:7:14: error[two-deeds]: 'cut' and 'mend' are two deeds; give each an item of its own
            """),
    BrokenScenario(
        file: "unknown-key.yaml",
        says: """
            unknown-key.yaml:6:1: error[unknown-key]: unknown key 'timelines'; did you mean 'timeline'?
            unknown-key.yaml:8:1: error[unknown-key]: unknown key 'expected'; did you mean 'expect'?
            """),
    BrokenScenario(
        file: "unknown-meeting.yaml",
        says: """
            unknown-meeting.yaml:7:26: error[unknown-meeting]: there is no meeting 'hopp' in this scenario; did you mean 'hop'?
            unknown-meeting.yaml:8:11: error[unknown-meeting]: there is no meeting 'hup' in this scenario; did you mean 'hop'?
            """),
    BrokenScenario(
        file: "unknown-node.yaml",
        says: """
            unknown-node.yaml:6:11: error[unknown-node]: there is no node 'Hh'; did you mean 'H'?
            unknown-node.yaml:8:13: error[unknown-node]: there is no node 'Tx'; did you mean 'T'?
            unknown-node.yaml:10:15: error[unknown-node]: there is no node 'HX'; did you mean 'H'?
            unknown-node.yaml:11:21: error[unknown-node]: there is no node 'Q'
            unknown-node.yaml:12:21: error[unknown-level]: there is no level 'thon'
            unknown-node.yaml:13:20: error[unknown-unit]: no node has the unit code '01'
            unknown-node.yaml:14:13: error[unknown-node]: no node of the network is meant by this
            """),
    BrokenScenario(
        file: "unknown-rule.yaml",
        says: """
            unknown-rule.yaml:6:11: error[unknown-value]: 'fense' is not a value of 'without'; use 'fence', 'wait', 'freeze', 'clean', 'expiry', 'largest-lease', 'revoke-answered', 'epoch', 'split-horizon', 'mix-minus', 'gate', 'newer-version', 'origin', 'incarnation', 'one-uplink', 'zone', 'requests-kept', 'hop-once' or 'votes-kept'; did you mean 'fence'?
            """),
    BrokenScenario(
        file: "unknown-trunk.yaml",
        says: """
            unknown-trunk.yaml:8:23: error[unknown-trunk]: 'K' is neither the parent of 'X' nor one of its backup parents
            unknown-trunk.yaml:9:19: error[unknown-trunk]: there is no line between 'X' and 'K'
            unknown-trunk.yaml:10:19: error[missing-key]: 'to' is missing here
            """),
    BrokenScenario(
        file: "which-meeting.yaml",
        says: """
            which-meeting.yaml:8:5: error[unknown-meeting]: the scenario has 2 meetings: say which one with 'meeting'
            """),
    BrokenScenario(
        file: "wrong-type-in-list.yaml",
        says: """
            wrong-type-in-list.yaml:6:11: error[wrong-type]: 'timeline' must be a list, but is a mapping
            wrong-type-in-list.yaml:8:5: error[wrong-type]: 'timeline' must be a mapping, but is text
            wrong-type-in-list.yaml:9:11: error[wrong-type]: 'cut' must be text or a list, but is empty
            """),
    BrokenScenario(
        file: "wrong-type.yaml",
        says: """
            wrong-type.yaml:2:11: error[wrong-type]: 'topology' must be text, but is a list
            wrong-type.yaml:4:7: error[bad-number]: 'many' is not a number; write it like '17'
            """),
]

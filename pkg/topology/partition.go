package topology

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// The numbers of partitions of streams that are worked on by partition. Before a number is changed the streams have to be empty:
// otherwise messages of one contact are in two partitions, in no order.
const (
	MessagePartitions = 16
	EgressPartitions  = 16 // of each EGRESS_*
	ChannelPartitions = 4  // WEBHOOKS_* and OUTCOMES_*
)

// partition is the partition, 0 to n-1, that the thing named by these parts belongs to. Every process of every version has to
// compute the same: otherwise messages of one contact would be in two partitions, in no order. FNV-1a spreads ids evenly
// enough for 16 partitions, and is cheap beside a publish. The zero byte between the parts tells ("ab", "c") from ("a", "bc").
func partition(n uint32, parts ...string) string {
	h := fnv.New32a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	return strconv.FormatUint(uint64(h.Sum32()%n), 10)
}

// Partition is a fixed share of a stream. One process works on it at a time.
type Partition struct {
	// Name is unique within the deployment: "MESSAGES-3".
	Name string
	// Filter matches the subjects that it holds, with the wildcards of NATS.
	Filter string
}

// PartitionsOf are the partitions of MESSAGES, WEBHOOKS_*, EGRESS_* or OUTCOMES_*, and none for another stream. Every subject of the
// stream is in exactly one of them.
func PartitionsOf(s Stream) (all []Partition) {
	count, prefix := 0, ""
	switch kind, _, _ := strings.Cut(s.Name, "_"); kind {
	case Messages.Name:
		count, prefix = MessagePartitions, "message."
	case "EGRESS":
		count, prefix = EgressPartitions, strings.TrimSuffix(s.Subjects[0], ">")
	case "WEBHOOKS", "OUTCOMES":
		count, prefix = ChannelPartitions, strings.TrimSuffix(s.Subjects[0], ">")
	}
	for p := range count {
		all = append(all, Partition{Name: partitionName(s, strconv.Itoa(p)), Filter: prefix + strconv.Itoa(p) + ".>"})
	}
	return all
}

// OutcomePartition is the name of the partition of OUTCOMES_<far> that holds a channel's outcomes.
func OutcomePartition(far, channel string) string {
	return partitionName(Outcomes(far), partition(ChannelPartitions, channel))
}

// EgressPartition is the name of the partition of EGRESS_<far> that holds what waits for a channel.
func EgressPartition(far, channel string) string {
	return partitionName(Egress(far), partition(EgressPartitions, channel))
}

func partitionName(s Stream, p string) string { return fmt.Sprintf("%s-%s", s.Name, p) }

package topology

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Partitions of the streams that are worked on by partition. Changing one needs a drain: a contact would change its
// partition, and with it its order.
const (
	MessagePartitions = 16
	EgressPartitions  = 16 // of each EGRESS_*
	ChannelPartitions = 4  // WEBHOOKS_* and OUTCOMES_*
)

// partition is the share, 0 to n-1, that what the parts name belongs to. Every process of every version has to come to the same:
// a contact whose messages were in two partitions would be worked on by two owners, in no order. FNV-1a spreads ids evenly
// enough for 16 shares, and costs nothing beside a publish. The zero byte keeps ("ab", "c") from ("a", "bc").
func partition(n uint32, parts ...string) string {
	h := fnv.New32a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	return strconv.FormatUint(uint64(h.Sum32()%n), 10)
}

// Partition is one of the shares that a stream is worked on by. Each has one owner at a time.
type Partition struct {
	// Name is unique within the deployment: "MESSAGES-3".
	Name string
	// Filter is the subjects that it holds.
	Filter string
}

// PartitionsOf are the partitions of MESSAGES, WEBHOOKS_*, EGRESS_* or OUTCOMES_*; none for a stream without. Together they hold every
// subject of the stream, each in one of them.
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

package history

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"strconv"

	"google.golang.org/protobuf/proto"
)

// mark is where a page ended: behind a message that stood at a time. It names the message by what is the same in
// every process that follows the journal.
type mark struct {
	At      int64  `json:"at"`
	ID      string `json:"id"`
	Channel string `json:"ch"`
	Network string `json:"n"`
	Of      string `json:"of"` // what was asked for
}

// question stands for what a list was asked for, whatever the page: a token goes with its own list only.
func question(filter proto.Message) string {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(filter)
	if err != nil {
		return ""
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(filter.ProtoReflect().Descriptor().FullName()))
	_, _ = sum.Write(data)
	return strconv.FormatUint(sum.Sum64(), 36)
}

// token is the mark as text.
func (m mark) token() string {
	data, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// openToken reads a token, nil for "", or fails with [ErrPageToken].
func openToken(token, of string) (*mark, error) {
	if token == "" {
		return nil, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, ErrPageToken
	}
	m := &mark{}
	if json.Unmarshal(data, m) != nil || m.Of != of {
		return nil, ErrPageToken
	}
	return m, nil
}

// pageSize is how many a page has at most.
func pageSize(asked uint32) int {
	if asked == 0 {
		return 100
	}
	return int(min(asked, 1000))
}

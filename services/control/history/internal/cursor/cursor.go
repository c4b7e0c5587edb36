// Package cursor says where a page of a list ended: it goes out as a token, and comes back with the question for the next page. It knows no
// list: whoever has one reads from the cursor on.
package cursor

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash/fnv"
	"strconv"

	"google.golang.org/protobuf/proto"
)

// ErrToken means that a token is none of this question.
var ErrToken = errors.New("the page token is not one of this list")

// Cursor is where a page ended: behind a message that stood at a time. It names the message by what is the same in
// every process that follows the journal.
type Cursor struct {
	At      int64  `json:"at"` // microseconds since 1970
	ID      string `json:"id"`
	Channel string `json:"ch"`
	Network string `json:"n"`
	Of      string `json:"of"` // what was asked for: see [Question]
}

// Question stands for what a list was asked for, whatever the page: a token goes with its own list only.
func Question(filter proto.Message) string {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(filter)
	if err != nil {
		return ""
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(filter.ProtoReflect().Descriptor().FullName()))
	_, _ = sum.Write(data)
	return strconv.FormatUint(sum.Sum64(), 36)
}

// Token is the cursor as text, which goes into a URL as it is.
func (c Cursor) Token() string {
	data, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// Open reads a token of what was asked for. It is nil for "", and fails with [ErrToken] for what is no token, or one of another question.
func Open(token, of string) (*Cursor, error) {
	if token == "" {
		return nil, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, ErrToken
	}
	c := &Cursor{}
	if json.Unmarshal(data, c) != nil || c.Of != of {
		return nil, ErrToken
	}
	return c, nil
}

// PageSize is how many a page has at most: 100 where nobody asked for a number, 1000 at most.
func PageSize(asked uint32) int {
	if asked == 0 {
		return 100
	}
	return int(min(asked, 1000))
}

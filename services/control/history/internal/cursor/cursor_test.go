package cursor

import (
	"errors"
	"testing"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// A token brings back where a page ended, to the question that it was given for and to no other.
func TestATokenGoesWithItsQuestion(t *testing.T) {
	t.Parallel()
	of := Question(&controlv1.ListMessagesRequest{Channel: "tienda"})
	ended := Cursor{At: 12, ID: "m", Channel: "tienda", Network: "telegram", Of: of}
	back, err := Open(ended.Token(), of)
	if err != nil || *back != ended {
		t.Errorf("%+v, %v", back, err)
	}
	if first, err := Open("", of); first != nil || err != nil {
		t.Errorf("the first page: %+v, %v", first, err)
	}
	for name, other := range map[string]string{
		"another channel": Question(&controlv1.ListMessagesRequest{Channel: "otra"}),
		"another list":    Question(&controlv1.ListFailuresRequest{}),
	} {
		if _, err := Open(ended.Token(), other); !errors.Is(err, ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// two lists with the same bytes are two questions all the same
	if Question(&controlv1.ListMessagesRequest{}) == Question(&controlv1.ListFailuresRequest{}) {
		t.Error("two lists have one token")
	}
}

func FuzzOpen(f *testing.F) {
	f.Add("e30", "")
	f.Add(Cursor{Of: "x"}.Token(), "x")
	f.Fuzz(func(t *testing.T, token, of string) {
		c, err := Open(token, of)
		if err != nil && !errors.Is(err, ErrToken) || err == nil && token != "" && c.Of != of {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

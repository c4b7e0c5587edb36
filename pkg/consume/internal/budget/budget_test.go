package budget

import "testing"

// All shares have one bound and each has its own, and a little is everybody's, whatever the others keep. What is given back is free.
func TestSharesAreBoundedTogetherAndEach(t *testing.T) {
	one, rest := &Share{}, [All/heldAtMost + 1]Share{}
	if !one.Take(heldAtMost) || one.Take(1) {
		t.Error("one share is not bounded by its own bound")
	}
	for i := range rest {
		rest[i].Take(heldAtMost)
	}
	if Held() != All {
		t.Errorf("all keep %d bytes, of %d", Held(), All)
	}
	var late Share
	if late.Take(heldAlways+1) || !late.Take(heldAlways) || late.Take(1) {
		t.Error("what is everybody's depends on the others, or is more than that")
	}
	channel := Share{AtMost: OfChannel}
	one.Give(heldAtMost)
	if !channel.Take(OfChannel) || channel.Take(1) {
		t.Error("a channel is not bounded by its own bound")
	}
	channel.Give(OfChannel)
	late.Give(heldAlways)
	if !late.Take(heldAlways + 1) {
		t.Error("what was given back is not free")
	}
	late.Give(heldAlways + 1)
	for i := range rest {
		rest[i].Give(rest[i].bytes)
	}
	if Held() != 0 {
		t.Errorf("%d bytes are not given back", Held())
	}
}

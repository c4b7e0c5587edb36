package attachments

import "testing"

// A channel whose host does not answer leaves slots for the others.
func TestAChannelTakesSomeOfTheSlots(t *testing.T) {
	t.Parallel()
	var s slots
	taken := map[string][]func(){}
	for _, channel := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		for range atOnce {
			if done, ok := s.begin(channel); ok {
				taken[channel] = append(taken[channel], done)
			}
		}
	}
	if len(taken["a"]) != ofChannel || len(taken["f"]) != ofChannel || len(taken["g"]) != 0 {
		t.Errorf("a has %d, f has %d, g has %d", len(taken["a"]), len(taken["f"]), len(taken["g"]))
	}
	taken["a"][0]()
	if _, ok := s.begin("g"); !ok {
		t.Error("a slot that was given back is not free")
	}
}

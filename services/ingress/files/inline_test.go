package files

import (
	"testing"

	"github.com/bonychat/puente/pkg/mediatype"
)

// A type that goes by another name in the table of media types would never be found on the list.
func TestTypesThatAreShownGoByTheirOwnName(t *testing.T) {
	for name := range inline {
		if mediatype.Base(name) != name {
			t.Errorf("%s is %s", name, mediatype.Base(name))
		}
	}
}

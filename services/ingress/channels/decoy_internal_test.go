package channels

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
)

// TestADecoyTakesTheSameWork: who calls an id that nobody has is refused after the same work, also where the door has midstates.
func TestADecoyTakesTheSameWork(t *testing.T) {
	t.Parallel()
	for _, f := range []digest.Function{digest.MD5, digest.SHA1, digest.SHA256, digest.SHA384, digest.SHA512} {
		states, err := f.Midstates([]byte("key"))
		if err != nil {
			t.Fatal(err)
		}
		account, err := json.Marshal(webhook.Secrets{"sealed": {states, states}, "short": {"1"}, "long": {strings.Repeat("x", 100)}})
		if err != nil {
			t.Fatal(err)
		}
		c := &Channel{Channel: directory.Channel{ID: "A", Network: "toy"}, account: account}
		d := c.decoyOf()
		secrets := d.Secrets()
		if d.ID != "" || !d.Decoy || len(secrets["sealed"]) != 2 || secrets["sealed"][0] == states || secrets["sealed"][0] == secrets["sealed"][1] {
			t.Errorf("%+v", d)
		}
		for _, one := range secrets["sealed"] {
			if _, err := f.Resume(one); err != nil {
				t.Errorf("%s: a decoy's %q is none: %v", f, one, err)
			}
		}
		if len(secrets["short"][0]) < 26 || len(secrets["long"][0]) != 100 {
			t.Errorf("%v", secrets)
		}
	}
}

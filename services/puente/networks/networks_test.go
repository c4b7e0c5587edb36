package networks

import (
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/bonychat"
	"github.com/bonychat/puente/services/egress/line"
	"github.com/bonychat/puente/services/egress/phone"
)

func TestWhatASetMayHold(t *testing.T) {
	t.Parallel()
	nameless := phone.Network
	nameless.Name = "Our Chat"
	for _, test := range []struct {
		name    string
		drivers []provider.Driver
		want    []string // in the error
	}{
		{"networks", []provider.Driver{phone.Network, line.Network}, nil},
		{"none", nil, nil},
		{"one twice", []provider.Driver{phone.Network, line.Network, phone.Network}, []string{`two networks have the name "phone"`}},
		{"a platform", []provider.Driver{bonychat.Platform}, []string{"bonychat is a platform, not a network"}},
		{"all that is wrong", []provider.Driver{nameless, line.Network, line.Network}, []string{`"Our Chat": must be 1 to 20`, `"line"`}},
	} {
		_, err := New(test.drivers...)
		if (err == nil) != (len(test.want) == 0) {
			t.Errorf("%s: %v", test.name, err)
		}
		for _, want := range test.want {
			if err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q in %v", test.name, want, err)
			}
		}
	}
}

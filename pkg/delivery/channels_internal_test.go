package delivery

import (
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery/rates"
	"github.com/bonychat/puente/pkg/delivery/result"
)

// The rate of an account is its own where it has one, and the narrowest of its channels'; it follows the configuration.
func TestAnAccountMayHaveARateOfItsOwn(t *testing.T) {
	t.Parallel()
	c := Config{Far: "testnet", PerAccount: result.Rate{Sends: 100, Per: time.Second}, Concurrency: 64, Channels: NewChannels()}
	d := newDispatcher(bustest.Start(t, c.Far).Connect("egress-testnet"), &c)
	channels := func(all ...Channel) {
		c.Channels.Set(all)
		d.change(t.Context())
	}
	rate := func(id string) float64 { r, _ := d.hold(id).now().account.Allowed(); return rates.PerSecond(r) }
	own := func(id, account string, sends, atOnce int) Channel {
		return Channel{Network: "testnet", ID: id, Account: account, AccountRate: result.Rate{Sends: sends, Per: time.Second}, Concurrency: atOnce}
	}
	channels(own("a", "one", 20, 10), own("b", "one", 5, 0), own("c", "two", 0, 0))
	if rate("a") != 5 || rate("b") != 5 || rate("c") != 100 {
		t.Errorf("rates %v, %v, %v, want 5, 5, 100", rate("a"), rate("b"), rate("c"))
	}
	for range 5 {
		if wait := d.hold("a").now().account.Take(); wait != 0 {
			t.Errorf("a send within the rate waits for %s", wait)
		}
	}
	if wait := d.hold("b").now().account.Take(); wait <= 0 || wait > time.Second {
		t.Errorf("a send beyond the rate of both channels waits for %s", wait)
	}
	if a, c := d.hold("a").atOnce(), d.hold("c").atOnce(); a != 10 || c != 64 {
		t.Errorf("%d and %d at once, want 10 and 64", a, c)
	}
	channels(own("a", "one", 20, 10), Channel{Network: "testnet", ID: "c", Account: "two"})
	if rate("a") != 20 {
		t.Errorf("the rate is %v after the narrower channel has gone, want 20", rate("a"))
	}
}

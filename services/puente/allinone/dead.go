package allinone

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/operate"
)

func deadCommand(set networks.Set) *cobra.Command {
	d := operate.DeadLetters{Networks: set.Names()}
	var q deadletter.Query
	var show uint64
	var since time.Duration
	c := &cobra.Command{
		Use:   "dead",
		Short: "List what could not be delivered, and why",
		Long: `Lists the dead letters of a running bridge, the oldest first: messages that a network or the platform refused or that
could not be sent in time, and calls that could not be read. They are kept for 30 days. The list shows no text and no
contact; --show shows one letter whole.

It asks the broker that the file names. An embedded one is asked by its data folder, while "puente up" runs, on the
same machine and as the same user.`,
		Example: examples("puente dead -f puente.yaml --since 24h", "puente dead -f puente.yaml --channel k7m2q9x4t8w1zb",
			"puente dead -f puente.yaml --show 17    # who wrote, and what"),
		Args: atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case q.Limit < 1 || q.Limit > operate.MostListed:
				return fmt.Errorf("--limit must be 1 to %d", operate.MostListed)
			case since < 0:
				return errors.New("--since must not be negative")
			case since > 0:
				q.Since = time.Now().Add(-since)
			}
			d.Out = c.OutOrStdout()
			return untilSignal(func(ctx context.Context) error {
				if show > 0 {
					return d.Show(ctx, show)
				}
				return d.List(ctx, q)
			})
		},
	}
	broker(c, &d.Broker)
	chosen(c, &q, set, &d.Broker.File)
	c.Flags().IntVar(&q.Limit, "limit", 100, fmt.Sprintf("how `many` at most, the oldest first, 1 to %d", operate.MostListed))
	c.Flags().Uint64Var(&q.After, "after", 0, "go on behind this `number`")
	c.Flags().Uint64Var(&show, "show", 0, "show the letter with this `number` whole: who wrote what, or was written to")
	c.Flags().DurationVar(&since, "since", 0, "only those of the last 24h, or of any other duration")
	noFiles(c, "limit", "after", "show", "since")
	return c
}

func replayCommand(set networks.Set) *cobra.Command {
	d := operate.DeadLetters{Networks: set.Names()}
	var q deadletter.Query
	var key string
	var all bool
	c := &cobra.Command{
		Use:   "replay",
		Short: "Try again what could not be delivered: one message, a channel's, a network's, or all",
		Long: `Brings dead letters back, the oldest first, and says what became of each. Put right what the reason says first. A
replay is the same message once more, under the same id; who replays twice, or is interrupted and begins again,
sends once.

It ends with status 1 where something that was chosen stays.`,
		Example: examples("puente replay -f puente.yaml --key 0197c3…      # one message: its mId in BonyChat, or the key that dead lists",
			"puente replay -f puente.yaml --network telegram", "puente replay -f puente.yaml --all"),
		Args: atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if some := q.Channel+q.Network+key != ""; some == all {
				return errors.New("say what to bring back: --key, --channel, --network, or --all alone")
			}
			d.Out = c.OutOrStdout()
			return untilSignal(func(ctx context.Context) error { return d.Replay(ctx, q, key) })
		},
	}
	broker(c, &d.Broker)
	chosen(c, &q, set, &d.Broker.File)
	c.Flags().StringVar(&key, "key", "", "only the message with this `id`, or the letter with this key")
	c.Flags().BoolVar(&all, "all", false, "everything")
	noFiles(c, "key")
	return c
}

// broker adds the flags that say where the broker of a running bridge is.
func broker(c *cobra.Command, to *operate.Broker) {
	file(c, &to.File, "puente.yaml", "configuration `file` of the bridge: its broker is asked")
	c.Flags().StringVar(&to.URL, "url", "", "NATS `servers` to ask, instead of the file's")
	folder(c, &to.Data, "data", "data `folder` of a running puente up to ask, instead of the file's")
	noFiles(c, "url")
	c.PreRunE = func(*cobra.Command, []string) error {
		if to.URL != "" && to.Data != "" {
			return errors.New("--url and --data name two brokers: give one of them")
		}
		return nil
	}
}

// chosen adds the flags that say which dead letters are meant.
func chosen(c *cobra.Command, q *deadletter.Query, set networks.Set, path *string) {
	c.Flags().StringVar(&q.Channel, "channel", "", "only of the channel with this `id`")
	c.Flags().StringVar(&q.Network, "network", "", "only of the channels of the network with this `name`")
	completes(c, "channel", channelsOf(path))
	completes(c, "network", namesOf(set))
}

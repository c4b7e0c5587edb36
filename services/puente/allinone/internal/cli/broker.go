package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/broker"
)

// Broker adds the flags that say where the broker of a running bridge is, for what the control API does not carry.
func Broker(c *cobra.Command, to *broker.Place) {
	File(c, &to.File, "puente.yaml", "configuration `file` of the bridge: its broker is asked")
	c.Flags().StringVar(&to.URL, "url", "", "NATS `servers` to ask, instead of the file's")
	Folder(c, &to.Data, "data", "data `folder` of a running puente up to ask, instead of the file's")
	NoFiles(c, "url")
	c.PreRunE = func(*cobra.Command, []string) error {
		if to.URL != "" && to.Data != "" {
			return errors.New("--url and --data name two brokers: give one of them")
		}
		return nil
	}
}

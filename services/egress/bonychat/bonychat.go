// Package bonychat is the platform's side of the SDK: it posts messages, echoes and receipts to a channel's webhook
// URL, in the Custom Channel contract's words.
package bonychat

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/topology"
)

// Account is a channel's platform section of the configuration.
type Account struct {
	WebhookURL string          `json:"webhook_url" doc:"where the platform takes events, as it shows it with the channel" doc_es:"donde la plataforma recibe los mensajes, como lo muestra con el canal" label:"Webhook URL" label_es:"URL del webhook"`
	APIToken   provider.Secret `json:"api_token" doc:"the channel's token, as the platform shows it" doc_es:"el token del canal, como lo muestra la plataforma" label:"API token" label_es:"Token de la API"`
}

// Platform is BonyChat as a destination.
var Platform = provider.Platform[Account]{
	Name: topology.Platform,
	Doc:  "https://bonychat.com",
	Open: open,
	// an agent may read a message days late, after an outage; never to see it is worse
	Validity: 7 * 24 * time.Hour,
}

func open(a Account, h provider.Host) (provider.PlatformSender, error) {
	return &sender{account: a, client: h.Client}, nil
}

package words

var spanishNew = New{
	Title: "Añadir un canal", Pick: "Elija la red del canal.", Network: "Red", Needs: "Lo que hace falta", Webhook: "Webhook", Docs: "Documentación",
	Listened: "no hace falta: se escucha a la red", ByItself: "lo registra el puente", ByHand: "se registra a mano",
	TitleOf: "Añadir un canal de %s", DocsOf: "Documentación de la red", WebhookPage: "Sus webhooks", Other: "Elegir otra red", Right: "El formato está bien; no se ha preguntado a la red",
	Put: "Ponga esto al final de la lista channels de %s:", PutDemo: "La demostración no tiene fichero. Ponga esto en la lista channels de un fichero puente.yaml (puente init lo empieza):",
	PutApply: "Los canales se aplican desde fuera de este proceso. Ponga esto al final de la lista channels del fichero que lee puente apply; en Kubernetes, el del Secret de los canales:",
	Secrets:  "Los secretos, cada uno en su fichero", SecretsHint: "En la carpeta de ese fichero. Cada orden espera a que pegue el valor y pulse Intro; no queda en el historial de la consola de órdenes.",
	Then: "Después, comprobar y aplicar", WaitFor: "Esperar los primeros mensajes",
	PlatformTitle: "BonyChat", PlatformHint: "Como los muestra BonyChat al crear un Custom Channel.",
	AccountTitle: "La cuenta de %s", AccountHint: "Lo que se explica es de la documentación de la red, y los nombres de sus páginas están como ella los escribe. Los secretos no se vuelven a mostrar.",
	Add: "Añadir el canal", Show: "Comprobar y ver qué escribir", ShowHint: "Aquí no se guarda nada: este proceso no puede escribir el fichero de los canales. Se comprueba lo escrito y la página muestra qué poner y dónde.",
	AddHint:    "Se escribe en %s, los secretos en ficheros aparte que solo lee su dueño, y se aplica enseguida.",
	NotWritten: "No se ha podido escribir en el fichero. Abajo está lo que hay que poner.", Mistakes: "Hay algo que corregir. Los secretos hay que escribirlos otra vez.", Optional: "opcional", Secret: "secreto",
	ID: "Id del canal", IDDoc: "El que muestra BonyChat.", ContactID: "Tipo de id de los contactos", ContactIDDoc: "El mismo que en BonyChat.",
	WebhookURL: "URL del webhook de BonyChat", WebhookURLDoc: "Donde BonyChat recibe los mensajes del canal.", APIToken: "Token de la API de BonyChat", APITokenDoc: "Cada canal tiene el suyo.",
	Locale: "Idioma", LocaleDoc: "En el que los agentes leen por qué falló un mensaje.",
	ContactIDs: map[string]string{"custom": "custom: el id que tiene en la red", "phone": "phone: su número de teléfono"}, Locales: map[string]string{"es": "español", "en": "inglés"},
}

var spanishAdded = Added{
	Title: "Canal %s: primeros mensajes", Known: "El puente lo conoce", KnownGood: "sí", Waits: "esperando", Later: "después",
	KnownHint: "Si no llega en un minuto: puente check dice si el fichero está bien, y puente reload (o puente apply) lo aplica y dice qué cambió.",
	Network:   "Credenciales y webhook en la red", NetworkHint: "Preguntar no cambia nada. Registrar hace que la red llame a este puente, o dice cómo se hace a mano.",
	Platform: "BonyChat llama al puente", PlatformHint: "En la página del canal en BonyChat ponga:", BaseURL: "API base URL", BaseUnknown: "public_url del fichero de configuración", IDType: "Tipo de id", TokenSame: "el mismo que aquí",
	In: "Primer mensaje de un contacto", InHint: "Escriba al canal desde un teléfono. Si no aparece en un minuto:",
	InCheck: "Pregunte a la red (arriba): dice si las credenciales valen y adónde llama.", InCalls: "Mire si se ha rechazado o no se ha podido leer alguna llamada", InTrigger: "prueba el camino sin la red.",
	Out: "Primer mensaje de un agente", OutHint: "Conteste desde BonyChat. Si no aparece:", OutToken: "El token de la API tiene que ser el mismo en BonyChat y aquí.", OutURL: "La API base URL de BonyChat tiene que llegar a este puente desde fuera, por https.",
	Done: "Listo: ha llegado un mensaje en cada sentido.",
}

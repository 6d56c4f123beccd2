// Shows what the city sends to a browser that follows something, and opens the page when it is pressed.
self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : {};
  event.waitUntil(
    self.registration.showNotification(said.title || "anlan", {
      body: said.text || "",
      tag: said.key,
      data: said.address || "/public/cases/",
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data));
});

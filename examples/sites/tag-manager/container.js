// What a tag manager makes of its custom tag: it runs some time after the page, wraps the tag, and may drop its attributes. So all
// options, functions too, go into a call.
addEventListener('load', () => {
  setTimeout(() => {
    ((run) => run(window, document))((window, document) => {
      window.waymark =
        window.waymark ||
        ((...call) => {
          waymark.q = waymark.q || [];
          waymark.q.push(call);
        });
      waymark('init', {
        key: 'pk_…',
        endpoint: 'https://events.example.com/collect',
        beforeSend: (event) => (event.type === 'offer-shown' && window.isEmployee ? null : event),
      });
      const script = document.createElement('script');
      script.async = true;
      script.src = 'https://events.example.com/waymark.js';
      document.head.append(script);
    });
  });
});

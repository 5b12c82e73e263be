// Keeps what goes wrong in a view from taking the rest of the page with it.
import type {ComponentChildren} from 'preact';
import {Component} from 'preact';

import {Empty} from './ui';

export class ErrorBoundary
  extends Component<{children: ComponentChildren}, {error?: Error}> {
  static override getDerivedStateFromError(error: Error) { return {error}; }

  override componentDidCatch(error: Error) {
    console.error(error);
  }

  override render() {
    const {error} = this.state;
    if (!error) return this.props.children;
    return (
      <Empty title="This view has failed.">
        <p class="muted">{error.message}</p>
        <button onClick={() => this.setState({error: undefined})}>
          Try again
        </button>
      </Empty>
    );
  }
}
